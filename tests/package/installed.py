"""The installed package, and programs that are made with it."""

import functools
import importlib.util
import os
import pathlib
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BUILD = pathlib.Path(os.environ["PACKAGE_BUILD"])
WORK = pathlib.Path(os.environ["PACKAGE_WORK"])
sys.path.append(str(ROOT / "tools"))


def soversion():
    text = (ROOT / "include/pgwire/version.h").read_text()
    return re.search(r"#define PGW_SOVERSION (\d+)", text)[1]


def output(*command, **options):
    """What a command says; a failure shows it."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          **options)
    assert done.returncode == 0, f"{command}: exit {done.returncode}\n{done.stdout}"
    return done.stdout


def install(name, *options):
    """Into one directory, which is then moved: nothing may remember where it was."""
    first, then = WORK / f"{name}-first", WORK / name
    output("cmake", "--install", BUILD, "--prefix", first, *options)
    shutil.move(first, then)
    return then


@functools.cache
def library():
    """The prefix of libpgwire alone."""
    return install("libpgwire", "--component", "libpgwire")


@functools.cache
def environment():
    """For compilers and for what they make: the package, and no trace of the tree."""
    found = output("find", library(), "-name", "pgwire.pc").strip()
    return {**os.environ, "PKG_CONFIG_PATH": str(pathlib.Path(found).parent)}


def pkg_config(*options):
    return output("pkg-config", *options, "pgwire", env=environment()).split()


def compile_c(source, program, *options):
    """With the shared library, as the guide says."""
    libdir = pkg_config("--variable=libdir")[0]
    output("cc", "-std=c17", "-Wall", "-Wextra", "-Wpedantic", "-Werror", source, "-o", program,
           *pkg_config("--cflags", "--libs"), f"-Wl,-rpath,{libdir}", *options,
           env=environment())
    return program


def have_psycopg():
    return importlib.util.find_spec("psycopg") is not None


class Program:
    """A server that runs until the end of a with; its port is what it says."""

    def __init__(self, *command, **options):
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **options)
        self.port = int(self.wait_for(r"listening on port (\d+)")[1])

    def wait_for(self, pattern):
        """The match in a line that it writes, once it is there."""
        for line in self.process.stdout:
            match = re.search(pattern, line)
            if match:
                return match
        raise AssertionError(f"it never said {pattern}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def psql(self, sql):
        return output("psql", "-XAt", "-h", "127.0.0.1", "-p", str(self.port), "-U", "tester",
                      "-d", "main", "-c", sql)
