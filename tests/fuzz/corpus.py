"""Writes the client's bytes of every transcript as a corpus file."""

import importlib.util
import pathlib
import sys

root = pathlib.Path(__file__).resolve().parent.parent
spec = importlib.util.spec_from_file_location("replay", root / "wire" / "replay.py")
replay = importlib.util.module_from_spec(spec)
spec.loader.exec_module(replay)
names = {"$user": "u", "$database": "main"}
for path in sorted((root / "wire" / "transcripts").glob("*.txt")):
    transcript = replay.Transcript(path)
    lines = [line for client, _ in transcript.steps for line in client]
    data = b"".join(replay.encode(line, names) for line in lines)
    first = b"\x01" if transcript.startup else b"\x00"
    (pathlib.Path(sys.argv[1]) / path.stem).write_bytes(first + data)
