from django.core.mail.backends.console import EmailBackend as ConsoleBackend


class EmailBackend(ConsoleBackend):
    """The embedded default: a message as a person reads it, without its HTML twin and its encoding."""

    def write_message(self, message) -> None:
        attached = [attachment[0] for attachment in message.attachments]
        lines = [f"E-mail to {', '.join(message.to)}", f"Subject: {message.subject}"]
        lines += [f"Attached: {', '.join(attached)}"] if attached else []
        self.stream.write("\n".join([*lines, "", message.body, "-" * 79, ""]))
