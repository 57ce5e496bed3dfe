#!/usr/bin/env python3
"""docs/API.md from the public headers: `api_reference.py` writes it, `--check` compares.

Every function, struct, enum and macro of include/pgwire, as it is declared, behind what
its comment says; a declaration without a comment is an error. Names of the interface are
links, indented parts of a comment are kept as they are.
"""

import re
import sys

import public_headers

OUTPUT = public_headers.ROOT / "docs" / "API.md"
HEAD = """# libpgwire: reference

What `include/pgwire/*.h` declare, in their own words: `tools/api_reference.py` makes this page of
them. A guide is [server-in-ten-minutes.md](guides/server-in-ten-minutes.md); whole programs are
[examples/](../examples); what stays the same between versions is in [ABI.md](ABI.md).
"""
KIND = {"opaque": "struct ", "struct": "struct ", "enum": "enum "}


def title(item):
    anonymous = item.kind == "enum" and not item.name.startswith("pgw_")
    return item.name if anonymous else KIND.get(item.kind, "") + item.name


def anchor(text):
    return re.sub(r"[^\w-]", "", text.lower().replace(" ", "-"))


class Links:
    """Words of prose that name a declaration, or a header, become links to it."""

    def __init__(self, headers):
        self.targets = {f"<pgwire/{header.name}>": anchor(heading(header)) for header in headers}
        for header in headers:
            for item in header.items:
                names = public_headers.enumerators(item) if item.kind == "enum" else []
                self.targets |= dict.fromkeys([item.name, *names], anchor(title(item)))
        words = sorted((re.escape(name) for name in self.targets), key=len, reverse=True)
        # What stands in backquotes is left alone.
        self.pattern = re.compile(rf"`[^`]*`|(?<![\w/])({'|'.join(words)})(?!\w)|[*<>]")

    def replace(self, match):
        name = match[1]
        if name:
            return f"[`{name}`](#{self.targets[name]})"
        return match[0] if len(match[0]) > 1 else "\\" + match[0]

    def __call__(self, text):
        return self.pattern.sub(self.replace, text)


def prose(comment, links):
    """Paragraphs, and between them what is indented, verbatim."""
    blocks = []
    for paragraph in re.split(r"\n\s*\n", comment):
        lines = paragraph.split("\n")
        if all(line.startswith("    ") for line in lines):
            blocks.append("\n".join(["```text", *(line[4:] for line in lines), "```"]))
        else:
            blocks.append(links("\n".join(lines)))
    return "\n\n".join(blocks) + "\n"


def sentence(text):
    """A comment's beginning as a sentence: "on …" becomes "On …"."""
    return text[:1].upper() + text[1:]


def heading(header):
    return f"<pgwire/{header.name}>"


def body_of(header, links):
    about = header.head.split(" - ", 1)[1]
    yield f"## `{heading(header)}`\n\n{prose(sentence(about), links)}"
    section = ""
    for item in header.items:
        if item.is_internal:
            continue
        if item.section != section:
            section = item.section
            yield f"### {sentence(section)}\n"
        yield f"#### `{title(item)}`\n\n{prose(item.comment, links)}"
        yield f"```c\n{item.text}\n```\n"


def contents(headers):
    for header in headers:
        about = header.head.split(" - ", 1)[1].split("\n\n")[0].replace("\n", " ")
        yield f"- [`{heading(header)}`](#{anchor(heading(header))}): {about}"


def without_comment(headers):
    for header in headers:
        for item in header.items:
            if not item.comment and not item.is_internal:
                yield f"include/pgwire/{item.header}:{item.line}: {item.name} has no comment"


def page(headers):
    links = Links(headers)
    parts = [HEAD, "\n".join(contents(headers)) + "\n"]
    for header in headers:
        parts += body_of(header, links)
    return "\n".join(parts)


def main():
    headers = public_headers.headers()
    faults = list(without_comment(headers))
    text = page(headers)
    if "--check" not in sys.argv:
        OUTPUT.write_text(text)
    elif OUTPUT.read_text() != text:
        faults.append("docs/API.md is not what the headers say: run tools/api_reference.py")
    print("\n".join(faults) or "reference: it is what the headers say")
    return 1 if faults else 0


sys.exit(main())
