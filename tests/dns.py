"""A name server of one thread on this machine, for what asks about domains."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import dns.message
import dns.rcode
import dns.rdatatype
import dns.resolver
import dns.rrset


class NameServer:
    """records: domain → its MX records; a domain that is not there does not exist, and None gets no answer at all.

    addresses: domain → what it is told each time that it is asked for, the last for ever.
    """

    def __init__(self, records: dict[str, list[str] | None], addresses: dict[str, list[list[str]]] | None = None):
        self.records = records
        self.addresses = addresses or {}
        self.asked: list[str] = []
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.thread = threading.Thread(target=self.serve, daemon=True)

    def serve(self) -> None:
        while True:
            data, sender = self.socket.recvfrom(4096)
            if not data:
                return
            answer = self.answer(dns.message.from_wire(data))
            if answer is not None:
                self.socket.sendto(answer.to_wire(), sender)

    def answer(self, query: dns.message.Message) -> dns.message.Message | None:
        name = query.question[0].name
        domain = name.to_text(omit_final_dot=True).lower()
        self.asked.append(domain)
        answer = dns.message.make_response(query)
        if domain in self.addresses:
            return self.with_addresses(answer, domain, query.question[0].rdtype)
        if domain not in self.records:
            answer.set_rcode(dns.rcode.NXDOMAIN)
            return answer
        found = self.records[domain]
        if found:
            answer.answer.append(dns.rrset.from_text(name, 60, "IN", "MX", *found))
        return None if found is None else answer

    def with_addresses(
        self, answer: dns.message.Message, domain: str, kind: dns.rdatatype.RdataType
    ) -> dns.message.Message:
        name, turns = answer.question[0].name, self.addresses[domain]
        # A question for each family makes one time.
        of_kind = [one for one in turns[0] if (":" in one) == (kind == dns.rdatatype.AAAA)]
        if of_kind:
            answer.answer.append(dns.rrset.from_text(name, 0, "IN", kind, *of_kind))
        if kind == dns.rdatatype.A and len(turns) > 1:
            turns.pop(0)
        return answer

    @property
    def resolver(self) -> dns.resolver.Resolver:
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers, resolver.port = ["127.0.0.1"], self.socket.getsockname()[1]
        return resolver

    def stop(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as farewell:
            farewell.sendto(b"", self.socket.getsockname())
        self.thread.join()
        self.socket.close()


@contextmanager
def name_server(records: dict[str, list[str] | None]) -> Iterator[NameServer]:
    """All questions of this process go there."""
    server, usual = NameServer(records), dns.resolver.default_resolver
    server.thread.start()
    dns.resolver.default_resolver = server.resolver
    try:
        yield server
    finally:
        dns.resolver.default_resolver = usual
        server.stop()


@contextmanager
def hosts(addresses: dict[str, list[list[str]]]) -> Iterator[NameServer]:
    """What this process connects to by name is asked there; names that are not there do not exist."""
    server = NameServer({}, addresses)
    server.thread.start()
    dns.resolver.override_system_resolver(server.resolver)
    try:
        yield server
    finally:
        dns.resolver.restore_system_resolver()
        server.stop()
