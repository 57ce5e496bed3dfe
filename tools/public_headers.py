"""What include/pgwire declares, with its comments: for the reference and the ABI's test.

The headers are C of one style (clang-format's), so a scanner of comments, directives and
declarations is enough; what it does not understand is an error, never left out.
"""

import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent
HEADERS = ROOT / "include" / "pgwire"
# In the order in which one reads them.
ORDER = ["pgwire", "server", "rows", "values", "error", "types", "style", "session", "arrow"]
LAST = "version"

COMMENT = re.compile(r"/\*(.*?)\*/", re.S)
SECTION = re.compile(r"^-{4} (.*?) -{4}$", re.S)
# A directive goes on behind a backslash.
DIRECTIVE = re.compile(r"#(?:[^\n]*\\\n)*[^\n]*")
MARKS = {"PGW_BEGIN_DECLS", "PGW_END_DECLS"}


class Item:
    """A declaration: kind is function, struct, enum, opaque or macro."""

    def __init__(self, header, line, kind, name, text, comment, section):
        self.header, self.line, self.kind, self.name = header, line, kind, name
        self.text, self.comment, self.section = text, comment, section
        self.end_line = line + text.count("\n")

    def take_in(self, other):
        """A macro right below another one shares its comment."""
        self.text += "\n" + other.text
        self.end_line = other.end_line

    @property
    def is_internal(self):
        return self.name.endswith("_")


class Header:
    """A file: its name, what its head says, and its items in order."""

    def __init__(self, name, head, items):
        self.name, self.head, self.items = name, head, items


def plain(comment):
    """The text of a comment without the stars at the lines' beginnings."""
    lines = [re.sub(r"^\s*\* ?", "", line) for line in comment.strip().split("\n")]
    return "\n".join(line.rstrip() for line in lines).strip()


def without_comments(text):
    return COMMENT.sub(" ", text)


def end_of_declaration(text, start):
    """Behind the semicolon that ends it: not one within braces or a comment."""
    depth, at = 0, start
    while at < len(text):
        if text.startswith("/*", at):
            at = text.index("*/", at) + 2
            continue
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        if text[at] == ";" and depth == 0:
            return at + 1
        at += 1
    raise ValueError(f"no end of: {text[start:start + 60]}")


def classify(text):
    code = " ".join(without_comments(text).split())
    for kind, pattern in (
        ("opaque", r"typedef struct (\w+) \1;$|struct (\w+);$"),
        ("struct", r"struct (\w+) \{.*\};$"),
        ("enum", r"enum (\w+) \{.*\};$"),
        ("enum", r"enum \{ (\w+).*\};$"),
        ("function", r"[\w \*]*?\b(pgw_\w+)\(.*\)( PGW_PRINTF\(.*\))?;$"),
    ):
        match = re.match(pattern, code)
        if match:
            return kind, next(name for name in match.groups() if name)
    raise ValueError(f"what is this? {code}")


def macro(text):
    match = re.match(r"#define (PGW_(?!\w+_H\b)\w+)", text)
    return match and match[1]


def add_macro(items, item):
    """Once, though it may be defined for C and for C++."""
    last = items[-1] if items else None
    again = re.compile(rf"#define {item.name}\b")
    if any(again.search(other.text) for other in items):
        return
    if last and last.kind == "macro" and last.end_line == item.line - 1 and not item.comment:
        last.take_in(item)
    else:
        items.append(item)


def parse(path):
    text = path.read_text()
    head, items, section, comment, at = None, [], "", "", 0
    while at < len(text):
        line = text.count("\n", 0, at) + 1
        if text[at].isspace():
            # A blank line parts a comment from what follows.
            if text.startswith("\n\n", at):
                comment = ""
            at += 1
        elif text.startswith("/*", at):
            match = COMMENT.match(text, at)
            at = match.end()
            comment = plain(match[1])
            if head is None:
                head, comment = comment, ""
            elif SECTION.match(comment):
                section, comment = SECTION.match(comment)[1], ""
        elif text[at] == "#":
            match = DIRECTIVE.match(text, at)
            at = match.end()
            if macro(match[0]):
                name = macro(match[0])
                add_macro(items, Item(path.name, line, "macro", name, match[0], comment, section))
                comment = ""
        elif text[at:].split(None, 1)[0] in MARKS:
            at += len(text[at:].split(None, 1)[0])
        else:
            end = end_of_declaration(text, at)
            kind, name = classify(text[at:end])
            items.append(Item(path.name, line, kind, name, text[at:end], comment, section))
            at, comment = end, ""
    return Header(path.name, head, items)


def headers():
    """All of them, those that ORDER does not name between the others and version.h."""
    names = sorted(path.stem for path in HEADERS.glob("*.h"))
    order = [*ORDER, *(name for name in names if name not in [*ORDER, LAST]), LAST]
    return [parse(HEADERS / f"{name}.h") for name in order]


def members(struct):
    """(name, type) of each member of a struct's item, its type as one line of C."""
    body = without_comments(struct.text)
    body = body[body.index("{") + 1 : body.rindex("}")]
    for member in filter(None, (" ".join(part.split()) for part in body.split(";"))):
        pointer = re.match(r"(.*?)\(\*(\w+)\)(\(.*\))$", member)
        if pointer:
            yield pointer[2], f"{pointer[1]}(*){pointer[3]}"
            continue
        match = re.match(r"(.*?)(\w+)(\[\w+\])?$", member)
        if not match or "," in member:
            raise ValueError(f"{struct.name}: one member a declaration: {member}")
        yield match[2], f"{match[1].strip()}{match[3] or ''}"


def signature(function):
    """Its types without the parameters' names: "bool (pgw_row *, size_t)"."""
    code = " ".join(without_comments(function.text).split())
    code = re.sub(r" PGW_PRINTF\(.*?\)", "", code)
    result, arguments = re.match(rf"(.*?)\b{function.name}\((.*)\);$", code).groups()
    return f"{result.strip()} ({', '.join(map(parameter_type, arguments.split(', ')))})"


def parameter_type(text):
    """Of one parameter, a pointer to a function among them."""
    if text in ("void", "..."):
        return text
    if "(*" in text:
        return re.sub(r"\(\*\w+\)", "(*)", text)
    return re.sub(r"\b\w+(\[\w*\])?$", r"\1", text).strip()


def enumerators(item):
    """Their names; those of types.h come out of a table."""
    body = without_comments(DIRECTIVE.sub("", item.text))
    body = body[body.index("{") + 1 : body.rindex("}")]
    if "PGW_TYPES(X)" in body:
        table = (HEADERS / "types.h").read_text()
        return [f"PGW_{name}OID" for name in re.findall(r"\bX\((\w+), \"", table)]
    return [part.split("=")[0].strip() for part in body.split(",") if part.strip()]
