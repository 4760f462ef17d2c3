"""Programs that are not what they are called."""


def fake_dot(folder, script):
    "A program called dot that does something else."
    path = folder / "dot"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)
