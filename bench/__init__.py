"""Measures the API beside a hand-written FastAPI + asyncpg server and beside pgbench; see docs/performance.md."""
