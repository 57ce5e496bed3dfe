"""What is installed, what it exports, and projects that have nothing else."""

import re
import shutil
import subprocess
import unittest

import abi
import installed
import public_headers
from installed import BUILD, ROOT, WORK, output

OUTSIDE = installed.HERE / "outside"
DOC = "share/doc/libpgwire"
LINKED = ("shared", "static")
# What examples need beside libpgwire.
LIBRARIES = {"sqlite": "sqlite3"}
# Of libpgwire's dependencies: libc, whatever its pieces are called, and those for passwords.
SYSTEM = re.compile(r"lib(c|m|pthread|ssl|crypto|idn)\.so\.\d+|ld-linux\S*")


def version():
    text = (public_headers.HEADERS / "version.h").read_text()
    return re.findall(r"#define PGW_VERSION_M\w+ (\d+)|#define PGW_VERSION_PATCH (\d+)", text)


VERSION = [one or other for one, other in version()]
NUMBER = sum(int(part) * factor for part, factor in zip(VERSION, (1000000, 1000, 1)))
ANSWER = f"{NUMBER}|{'.'.join(VERSION)}\n"


def defined(archive):
    """The global names that its members define."""
    listing = output("nm", "-g", "--defined-only", archive)
    return set(re.findall(r"^\w+ [A-TV-Z] (\S+)$", listing, re.M))


def declared():
    return {item.name for item in abi.items("function")}


class Installed(unittest.TestCase):
    def test_files(self):
        prefix = installed.library()
        files = {str(path.relative_to(prefix)) for path in prefix.rglob("*") if not path.is_dir()}
        tree = {
            f"include/pgwire/{path.name}" for path in public_headers.HEADERS.glob("*.h")
        } | {f"{DOC}/examples/{path.name}" for path in (ROOT / "examples").glob("*.c")}
        self.assertLessEqual(tree, files)
        rest = {re.sub(r"^lib/([^/]*-linux-gnu/)?", "lib/", name) for name in files - tree}
        config = {name for name in rest if re.search(r"/pgwireTargets-\w+\.cmake$", name)}
        self.assertEqual(len(config), 1)
        major = f"libpgwire.so.{installed.soversion()}"
        real = ".".join([major, *VERSION[1:]])
        self.assertEqual(
            rest - config,
            {f"lib/{name}" for name in ("libpgwire.a", "libpgwire.so", major, real)}
            | {f"lib/cmake/pgwire/pgwire{name}.cmake"
               for name in ("Config", "ConfigVersion", "Targets")}
            | {"lib/pkgconfig/pgwire.pc", f"{DOC}/LICENSE", f"{DOC}/ABI.md", f"{DOC}/API.md"}
            | {f"{DOC}/guides/{path.name}" for path in (ROOT / "docs/guides").glob("*.md")},
        )

    def test_headers_are_the_trees(self):
        output("diff", "-r", public_headers.HEADERS, installed.library() / "include/pgwire")

    def test_no_trace_of_where_it_was(self):
        traces = (str(ROOT), str(BUILD), str(WORK))
        for path in installed.library().rglob("*"):
            if path.suffix in (".pc", ".cmake", ".h"):
                self.assertFalse([trace for trace in traces if trace in path.read_text()], path)

    def test_the_program_too(self):
        prefix = installed.install("everything")
        said = output(prefix / "bin/wirehouse", "--version")
        self.assertEqual(said, f"wirehouse {'.'.join(VERSION)}\n")


class Symbols(unittest.TestCase):
    def test_shared_exports_what_is_declared(self):
        self.assertEqual(set(abi.exports(BUILD / "libpgwire.so")), declared())

    def test_static_shows_what_is_declared(self):
        self.assertEqual(defined(BUILD / "libpgwire.a"), declared())

    def test_needs_the_system_only(self):
        listing = output("readelf", "-d", BUILD / "libpgwire.so")
        for name in re.findall(r"NEEDED.*\[(.*?)\]", listing):
            self.assertRegex(name, SYSTEM)


class Headers(unittest.TestCase):
    def compile(self, compiler, standard, language):
        if not shutil.which(compiler):
            self.skipTest(f"{compiler} is not installed")
        for path in sorted(public_headers.HEADERS.glob("*.h")):
            with self.subTest(path.name):
                output(compiler, f"-std={standard}", "-Wall", "-Wextra", "-Wpedantic", "-Werror",
                       f"-I{installed.library() / 'include'}", "-fsyntax-only", "-x", language, "-",
                       input=f"#include <pgwire/{path.name}>\ntypedef int unit;\n")

    def test_c17(self):
        self.compile("gcc", "c17", "c")

    def test_c11_of_clang(self):
        self.compile("clang-14", "c11", "c")

    def test_cplusplus(self):
        self.compile("g++", "c++17", "c++")

    def test_reference(self):
        output(ROOT / "tools/api_reference.py", "--check")


class Outside(unittest.TestCase):
    """A project that has the package and nothing of the tree."""

    def answers(self, program):
        with installed.Program(program) as server:
            self.assertEqual(server.psql("whatever"), ANSWER)

    def cmake(self, directory, *options):
        shutil.copytree(OUTSIDE, WORK / "project", dirs_exist_ok=True)
        return subprocess.run(
            ["cmake", "-S", WORK / "project", "-B", WORK / directory, "--no-warn-unused-cli",
             f"-DCMAKE_PREFIX_PATH={installed.library()}", *options],
            capture_output=True, text=True)

    def test_cmake(self):
        if not shutil.which("c++"):
            self.skipTest("there is no C++ compiler")
        configured = self.cmake("project-build")
        self.assertEqual(configured.returncode, 0, configured.stderr)
        output("cmake", "--build", WORK / "project-build")
        for program in (*LINKED, "plus"):
            with self.subTest(program):
                self.answers(WORK / "project-build" / program)
        dynamic = [output("readelf", "-d", WORK / "project-build" / name) for name in LINKED]
        self.assertIn(f"libpgwire.so.{installed.soversion()}", dynamic[0])
        self.assertNotIn("libpgwire", dynamic[1])

    def test_another_version_is_not_found(self):
        if not shutil.which("c++"):
            self.skipTest("there is no C++ compiler")
        major, minor = int(VERSION[0]), int(VERSION[1])
        for wanted in (f"{major}.{minor + 1}", f"{major + 1}.{minor}"):
            configured = self.cmake(f"project-{wanted}", f"-DWANTED={wanted}")
            self.assertNotEqual(configured.returncode, 0)
            self.assertIn("considered but not accepted", configured.stderr)

    def make(self, directory, *options):
        out = WORK / directory
        out.mkdir()
        output("make", "-C", OUTSIDE, f"OUT={out}", *options, env=installed.environment())
        for program in LINKED:
            with self.subTest(program):
                self.answers(out / program)

    def test_pkg_config(self):
        self.assertEqual(installed.pkg_config("--modversion"), [".".join(VERSION)])
        self.make("make")

    def test_no_name_of_the_inside_collides(self):
        """A program may use every name that libpgwire has inside."""
        names = defined(BUILD / "libpgwire_inside.a") - declared()
        self.assertGreater(len(names), 100)
        source = WORK / "names.c"
        source.write_text("#include <stdlib.h>\n" + "".join(
            f"void {name}(void);\nvoid {name}(void)\n{{\n    abort();\n}}\n"
            for name in sorted(names)))
        self.make("collide", f"EXTRA={source}", "CFLAGS=-std=c17 -w -fno-builtin")

    def test_examples(self):
        for source in sorted((installed.library() / DOC / "examples").glob("*.c")):
            with self.subTest(source.name):
                needed = LIBRARIES.get(source.stem)
                options = needed and subprocess.run(["pkg-config", "--libs", needed],
                                                    capture_output=True, text=True)
                if options and options.returncode:
                    self.skipTest(f"{needed} is not installed")
                installed.compile_c(source, WORK / f"example-{source.stem}", "-D_GNU_SOURCE",
                                    *(options.stdout.split() if options else ()))


if __name__ == "__main__":
    unittest.main()
