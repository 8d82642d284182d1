from django.db import models


class IdempotencyKey(models.Model):
    """The stored answer to a POST that carried an Idempotency-Key.

    `fingerprint` is the SHA-256 of credential, organization, method, path and key; `body_hash` that of the
    request's body; `answer` the encrypted status, headers and body.
    """

    fingerprint = models.BinaryField(max_length=32, unique=True)
    body_hash = models.BinaryField(max_length=32)
    answer = models.BinaryField(null=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        verbose_name = "idempotency key"

    def __str__(self) -> str:
        return bytes(self.fingerprint).hex()[:12]
