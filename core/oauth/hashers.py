from hashlib import sha256

from django.contrib.auth.hashers import BasePasswordHasher, mask_hash
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_noop as _


class ClientSecretHasher(BasePasswordHasher):
    """Salted SHA-256, for client secrets only: they are long and random, so slowness buys nothing.

    Listed in PASSWORD_HASHERS so that it can be recognised, never first: people's passwords take the first.
    """

    algorithm = "client_sha256"

    def encode(self, password: str, salt: str) -> str:
        return f"{self.algorithm}${salt}${sha256((salt + password).encode()).hexdigest()}"

    def decode(self, encoded: str) -> dict[str, str]:
        algorithm, salt, digest = encoded.split("$", 2)
        return {"algorithm": algorithm, "salt": salt, "hash": digest}

    def verify(self, password: str, encoded: str) -> bool:
        return constant_time_compare(encoded, self.encode(password, self.decode(encoded)["salt"]))

    def safe_summary(self, encoded: str) -> dict:
        parts = self.decode(encoded)
        return {
            _("algorithm"): parts["algorithm"],
            _("salt"): mask_hash(parts["salt"], show=2),
            _("hash"): mask_hash(parts["hash"]),
        }

    def harden_runtime(self, password: str, encoded: str) -> None:
        """Constant work already."""
