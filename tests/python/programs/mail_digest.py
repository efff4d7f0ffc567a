# mail_digest - messages built, parsed, and answered.
#
# SPDX-License-Identifier: Apache-2.0
import email
from email import policy
from email.header import decode_header
from email.message import EmailMessage
from email.utils import formataddr, getaddresses, parsedate_to_datetime

note = EmailMessage()
note["From"] = formataddr(("Ann Finch", "ann@example.org"))
note["To"] = "bob@example.org, Cyd <cyd@example.net>"
note["Subject"] = "Gr\u00fc\u00dfe"
note["Date"] = "Thu, 29 Feb 2024 08:15:00 +0100"
note.set_content("Dear all,\n\nthe figures are attached.\n\u00e4\n")
note.add_alternative("<p>Dear all</p>", subtype="html")
note.add_attachment(
    b"a,b\n1,2\n", maintype="text", subtype="csv", filename="figures.csv"
)
note.add_attachment(
    bytes(range(20)),
    maintype="application",
    subtype="octet-stream",
    filename="raw.bin",
)

again = email.message_from_bytes(note.as_bytes(), policy=policy.default)
print(
    again["subject"],
    again["from"].addresses[0].username,
    [a.display_name for a in again["to"].addresses],
    again.is_multipart(),
)
for part in again.walk():
    content = "" if part.is_multipart() else part.get_content()
    print(part.get_content_type(), part.get_filename(), repr(content))
print(
    again.get_body(("plain",)).get_content().splitlines()[-1],
    [a.get_filename() for a in again.iter_attachments()],
)
print(again["date"].datetime.isoformat())

RAW = """\
Received: by here
From: "Dora" <dora@example.org>
Subject: =?utf-8?q?Caf=C3=A9?= and =?iso-8859-1?b?5A==?=
X-Long: one
\ttwo
MIME-Version: 1.0
Content-Type: text/plain; charset="iso-8859-1"
Content-Transfer-Encoding: quoted-printable

caf=E9 is spelt with an accent, =
or without=2E
"""
old = email.message_from_string(RAW)
print(old.keys(), old.get_content_charset(), old["x-long"].split())
print(decode_header(old["Subject"]))
print(old.get_payload(decode=True).decode("iso-8859-1").strip())
modern = email.message_from_string(RAW, policy=policy.default)
print(
    modern["Subject"], "|", modern["X-Long"], "|", modern.get_content().strip()
)


def answer(message, text):
    reply = EmailMessage()
    reply["To"] = message["From"]
    reply["Subject"] = "Re: " + message["Subject"]
    quoted = "".join(
        f"> {line}\n" for line in message.get_content().splitlines()
    )
    reply.set_content(quoted + text + "\n")
    return reply


reply = answer(modern, "Agreed.")
print(reply.get_content(), reply["To"], reply.get_content_charset())
print(
    getaddresses(["A <a@x.org>, b@y.org", "C <c@z.org>"]),
    parsedate_to_datetime("01 Jan 2000 00:00:00 -0500"),
)
del reply["Subject"]
reply["Subject"] = "changed"
reply.replace_header("Subject", "changed twice")
print(reply.items()[-1], "Subject" in reply, reply.get("none", 7))
try:
    reply["To"] = "second@example.org"
except ValueError as error:
    print("ValueError:", error)
