"""Reads mail with Python's own parser, and receives it with Debian's aiosmtpd: nothing of ours.

parse: a message on standard input; its parts as one line of JSON.
serve [certificate key]: receives on a free port, which the first line names; then one line of JSON for each message, as parse has it, with "envelope". With a certificate it takes
nothing before STARTTLS and a log-in.
"""
import email
import email.policy
import json
import ssl
import sys


def parts(raw):
    message = email.message_from_bytes(raw, policy=email.policy.default)
    leaves = [part for part in message.walk() if not part.is_multipart()]
    return {
        "headers": [[name, str(value)] for name, value in message.items()],
        "addresses": [address.addr_spec for address in message["To"].addresses],
        "type": message.get_content_type(),
        "parts": [[part.get_content_type(), part.get_content()] for part in leaves],
        "defects": [repr(defect) for part in message.walk() for defect in part.defects]
        + [repr(defect) for value in message.values() for defect in value.defects],
        "longest": max(len(line) for line in raw.split(b"\r\n")),
        "bare": raw.count(b"\n") - raw.count(b"\r\n") + raw.count(b"\r") - raw.count(b"\r\n"),
        "ascii": raw.isascii(),
    }


def say(answer):
    print(json.dumps(answer), flush=True)


def serve(certificate, key):
    from aiosmtpd.controller import Controller
    from aiosmtpd.smtp import AuthResult

    class Handler:
        async def handle_DATA(self, server, session, envelope):
            answer = parts(envelope.original_content)
            answer["envelope"] = {"from": envelope.mail_from, "to": envelope.rcpt_tos, "tls": session.ssl is not None, "user": getattr(session, "who", None)}
            say(answer)
            return "250 OK"

    def log_in(server, session, envelope, mechanism, data):
        good = data.login == b"mailer" and data.password == b"s3cret-passw0rd"
        session.who = data.login.decode()
        return AuthResult(success=good, auth_data=data)

    options = {}
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        options = {"tls_context": context, "require_starttls": True, "authenticator": log_in, "auth_required": True, "hostname": "localhost"}
    # Port 0 would make the controller greet itself there: it finds a free one first.
    import socket
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options["hostname"] = "127.0.0.1"
    controller = Controller(Handler(), port=port, **options)
    controller.start()
    say({"port": port})
    sys.stdin.read()
    controller.stop()


if sys.argv[1] == "parse":
    say(parts(sys.stdin.buffer.read()))
else:
    serve(*(sys.argv[2:] or [None, None]))
