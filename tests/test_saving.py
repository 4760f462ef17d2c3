"Saving: the same bits come back, a damaged file is a ValueError that changes nothing, and no crash loses a model."

import errno
import json
import math
import os
import random
import re
import stat
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from micrograd_es import saving
from micrograd_es.engine import Value
from micrograd_es.saving import load, save
from micrograd_es.system import files
from tests.promises import faults
from tests.support import ROOT


class Net:
    "The least that can be saved: parameters with names, and perhaps buffers."

    def __init__(self, parameters, buffers=None):
        self.parameters = {name: Value(x) for name, x in parameters.items()}
        if buffers is not None:
            self.buffers = {name: list(xs) for name, xs in buffers.items()}
            self.named_buffers = self.buffers.items

    def named_parameters(self):
        return iter(self.parameters.items())


def bits(net):
    "All its numbers, to the bit, by name."
    numbers = {name: struct.pack(">d", v.data) for name, v in net.parameters.items()}
    return numbers, {name: [struct.pack(">d", x) for x in xs] for name, xs in getattr(net, "buffers", {}).items()}


def blank(net):
    "A net of the same shape, all zeros."
    buffers = {name: [0.0] * len(xs) for name, xs in net.buffers.items()} if hasattr(net, "buffers") else None
    return Net(dict.fromkeys(net.parameters, 0.0), buffers)


EXAMPLE = Net(
    {"layer1.w11": 0.1, "layer1.w12": -2.5e-07, "layer1.b1": 0.0, "layer2.w11": 12345.678, "layer2.b1": math.inf},
    {"norm.mean": [0.25, -1e300], "norm.var": [1.0, math.nan]},
)

# ---- Round trips ----------------------------------------------------------------------------------------------------

EDGES = [0.0, -0.0, 1.0, 1e16, 1e22, 0.1 + 0.2, 5e-324, -5e-324, sys.float_info.max, sys.float_info.min, math.pi]
EDGES += [math.inf, -math.inf, math.nan, -math.nan, struct.unpack(">d", bytes.fromhex("7ff80000deadbeef"))[0]]
names = st.text(max_size=20)
numbers = (
    st.floats()
    | st.sampled_from(EDGES)
    | st.integers(0, 2**64 - 1).map(lambda n: struct.unpack("d", n.to_bytes(8, "little"))[0])
)


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(names, numbers), st.none() | st.dictionaries(names, st.lists(numbers, max_size=5)))
def test_the_same_bits_come_back(parameters, buffers):
    "Any names, any floats, with and without buffers: and saved again, the same bytes."
    net = Net(parameters, buffers)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model.json")
        save(net, path)
        other = blank(net)
        load(other, path)
        assert bits(other) == bits(net)
        save(other, Path(folder, "again.json"))
        assert Path(folder, "again.json").read_bytes() == path.read_bytes()
        assert sorted(os.listdir(folder)) == ["again.json", "model.json"]


@pytest.mark.parametrize("x", EDGES)
def test_edges(x, tmp_path):
    net = Net({"w": x}, {"b": [x, x]})
    save(net, tmp_path / "m")
    other = blank(net)
    load(other, tmp_path / "m")
    assert bits(other) == bits(net)


def test_the_file_is_json_for_everybody(tmp_path):
    "Strict JSON without NaN, in ASCII; readable by eye; the numbers as Python writes them."
    path = tmp_path / "model.json"
    save(EXAMPLE, str(path))

    def refuse(word):
        raise AssertionError(f"{word} is no JSON")

    text = path.read_text("ascii")
    content = json.loads(text, parse_constant=refuse)
    assert list(content) == ["format", "version", "parameters", "buffers", "sha256"]
    assert (content["format"], content["version"]) == ("micrograd_es model", 1)
    assert content["parameters"]["layer1.w12"] == -2.5e-07 and content["parameters"]["layer2.b1"] == "inf"
    assert content["buffers"] == {"norm.mean": [0.25, -1e300], "norm.var": [1.0, "nan"]}
    assert '\n  "layer1.w11": 0.1,\n' in text and text.endswith("}\n")


def test_only_numbers_are_saved(tmp_path):
    "Whatever is a number of any kind becomes its float; what is none is refused, and nothing is written."
    net = Net({"w": 1.0, "b": 2.0})
    net.parameters["w"].data = 3
    numpy = pytest.importorskip("numpy")
    net.parameters["b"].data = numpy.float64(0.1)
    save(net, tmp_path / "m")
    load(net, tmp_path / "m")
    assert [(v.data, type(v.data)) for v in net.parameters.values()] == [(3.0, float), (0.1, float)]
    before = (tmp_path / "m").read_bytes()
    for wrong in ("0.1", None, 1j, [1.0]):
        net.parameters["b"].data = wrong
        with pytest.raises(TypeError, match="^b: "):
            save(net, tmp_path / "m")
    broken = Net({}, {"mean": [0.0, "x"]})
    with pytest.raises(TypeError, match=r"^mean\[1\]: "):
        save(broken, tmp_path / "m")
    assert os.listdir(tmp_path) == ["m"] and (tmp_path / "m").read_bytes() == before


def test_load_sets_the_numbers_in_place(tmp_path):
    "The very Values and the very lists; gradients are not its business."
    save(EXAMPLE, tmp_path / "m")
    other = blank(EXAMPLE)
    values, lists = dict(other.parameters), dict(other.buffers)
    values["layer1.b1"].grad = 7.0
    assert load(other, tmp_path / "m") is None and save(other, tmp_path / "n") is None
    assert all(other.parameters[name] is v for name, v in values.items()) and values["layer1.b1"].grad == 7.0
    assert all(other.buffers[name] is xs for name, xs in lists.items()) and lists["norm.mean"] == [0.25, -1e300]


def test_line_ends_of_windows_are_no_damage(tmp_path):
    "git rewrites them."
    save(EXAMPLE, tmp_path / "m")
    text = (tmp_path / "m").read_bytes()
    assert b"\r" not in text
    (tmp_path / "m").write_bytes(text.replace(b"\n", b"\r\n"))
    other = blank(EXAMPLE)
    load(other, tmp_path / "m")
    assert bits(other) == bits(EXAMPLE)


# ---- Another model --------------------------------------------------------------------------------------------------

OTHERS = {  # a net that EXAMPLE's file does not fit, what the error says
    "one less": (lambda p, b: p.pop("layer1.b1"), "it has 5 parameters and the module 4; the module lacks layer1.b1"),
    "one more": (lambda p, b: p.update(c=0.0), "it has 5 parameters and the module 6; the file lacks c"),
    "none at all": (lambda p, b: p.clear(), "the module lacks layer1.w11 and 4 more"),
    "renamed": (lambda p, b: p.update(c=p.pop("layer1.b1")), "the file lacks c, the module lacks layer1.b1"),
    "no buffers": (lambda p, b: b.clear(), "it has 2 buffers and the module 0; the module lacks norm.mean and 1 more"),
    "a longer buffer": (lambda p, b: b["norm.var"].append(0.0), "norm.var has 2 numbers there, but 3 in the module"),
}


@pytest.mark.parametrize("what", OTHERS)
def test_another_model(what, tmp_path):
    "The error says what differs, and nothing is set: not even what fits."
    change, says = OTHERS[what]
    path = tmp_path / "model.json"
    save(EXAMPLE, path)
    parameters, buffers = {name: 1.5 for name in EXAMPLE.parameters}, {name: [1.5] * 2 for name in EXAMPLE.buffers}
    change(parameters, buffers)
    net = Net(parameters, buffers)
    before = bits(net)
    with pytest.raises(ValueError, match=re.escape(f"{path}: ") + ".*" + re.escape(says)):
        load(net, path)
    assert bits(net) == before
    if what == "no buffers":
        with pytest.raises(ValueError, match="2 buffers and the module 0"):
            load(Net(parameters), path)


def test_the_order_of_the_names_does_not_matter(tmp_path):
    save(EXAMPLE, tmp_path / "m")
    other = Net(dict.fromkeys(reversed(EXAMPLE.parameters), 0.0), {"norm.var": [0.0] * 2, "norm.mean": [0.0] * 2})
    load(other, tmp_path / "m")
    assert bits(other) == bits(EXAMPLE)


def test_shared_parameters(tmp_path):
    "One Value under two names goes and comes; two different numbers for it are no model, not even 0.0 and -0.0."
    shared = Net({"a": 0.5, "b": 0.0})
    shared.parameters["b"] = shared.parameters["a"]
    save(shared, tmp_path / "m")
    shared.parameters["a"].data = 0.0
    load(shared, tmp_path / "m")
    assert shared.parameters["b"].data == 0.5
    save(Net({"a": 0.0, "b": -0.0}), tmp_path / "m")
    with pytest.raises(ValueError, match="a and b are one Value in the module, but two numbers there"):
        load(shared, tmp_path / "m")
    assert shared.parameters["b"].data == 0.5


def test_two_parameters_of_one_name(tmp_path):
    net = Net({})
    net.named_parameters = lambda: [("w", Value(1.0)), ("w", Value(2.0))]
    with pytest.raises(ValueError, match="two things in the module are called w"):
        save(net, tmp_path / "m")
    assert os.listdir(tmp_path) == []


def test_the_arguments_the_other_way_round(tmp_path):
    for function in (save, load):
        with pytest.raises(TypeError, match=r"str has no named_parameters\(\): save\(module, path\), load\(module"):
            function("model.json", EXAMPLE)


# ---- Damage ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def damaged(tmp_path):
    "Load EXAMPLE's file with other content: the error, which names the file; the module is as it was."
    path = tmp_path / "model.json"
    save(EXAMPLE, path)
    net = blank(EXAMPLE)
    before = bits(net)

    def damaged(content):
        path.write_bytes(content)
        with pytest.raises(ValueError) as caught:
            load(net, path)
        assert type(caught.value) is ValueError and str(caught.value).startswith(f"{path}: ") and bits(net) == before
        assert len(str(caught.value)) < 300 + len(str(path))
        return str(caught.value)

    damaged.good = path.read_bytes()
    return damaged


def test_every_truncation(damaged):
    for cut in range(len(damaged.good)):
        damaged(damaged.good[:cut])


def test_flipped_bits(damaged):
    for bit in random.Random(3).sample(range(8 * len(damaged.good)), 800):
        flipped = bytearray(damaged.good)
        flipped[bit // 8] ^= 1 << bit % 8
        damaged(bytes(flipped))


def test_bytes_lost_doubled_swapped_and_overwritten(damaged):
    rng = random.Random(4)
    good, tried = damaged.good, 0
    while tried < 300:
        i, j = sorted(rng.sample(range(len(good)), 2))
        other = rng.choice(
            [
                good[:i] + good[j:],
                good[:j] + good[i:],
                good[:i] + rng.randbytes(j - i) + good[j:],
                good[:i] + bytes(j - i) + good[j:],
                good[:i] + good[j : j + 1] + good[i + 1 : j] + good[i : i + 1] + good[j + 1 :],
            ]
        )
        if other != good:
            damaged(other)
            tried += 1


def signed(content):
    "A file with the right checksum, whatever it says."
    text = json.dumps(content, indent=1)
    digest = saving.hashlib.sha256(text.encode()).hexdigest()
    return (text.removesuffix("\n}") + f',\n "sha256": "{digest}"\n}}\n').encode()


def test_forged(damaged):
    "The checksum is right and the content is not: still an error, and it says which."
    good = json.loads(damaged.good)
    del good["sha256"]
    assert signed(good) == damaged.good
    for key, x, says in (
        ("format", "another", "no saved model"),
        ("format", None, "no saved model"),
        ("version", 2, "its version is 2, and this micrograd_es reads version 1"),
        ("version", 1.0, "sha256"),
        ("version", True, "sha256"),
        ("version", "1", "its version is '1'"),
        ("parameters", [1.0], "not built as a saved model"),
        ("parameters", {"w": 1}, "1 is no number"),
        ("parameters", {"w": None}, "None is no number"),
        ("parameters", {"w": True}, "True is no number"),
        ("parameters", {"w": "0.5"}, "'0.5' is no number"),
        ("parameters", {"w": "Infinity"}, "'Infinity' is no number"),
        ("parameters", {"w": "nan:7ff8"}, "'nan:7ff8' is no number"),
        ("parameters", {"w": "nan:7ff8000000000000"}, "sha256"),  # Python's own nan is written without
        ("parameters", {"w": "nan:3ff0000000000000"}, "sha256"),  # it is 1.0
        ("parameters", {"w": [0.5]}, "is no number"),
        ("parameters", {"w": "x" * 10_000}, "is no number"),
        ("buffers", 3.0, "not built as a saved model"),
        ("buffers", {"norm.mean": 0.5}, "not built as a saved model"),
        ("buffers", {"norm.mean": "inf"}, "'i' is no number"),
        ("buffers", {"norm.mean": {"inf": 1}}, "sha256"),
        ("extra", "more", "sha256"),
    ):
        assert says in damaged(signed(good | {key: x})), (key, x)
    for key in ("parameters", "buffers"):
        assert "not built as a saved model" in damaged(signed({k: x for k, x in good.items() if k != key}))
    assert "sha256" in damaged(json.dumps(good).encode())  # none at all
    assert "sha256" in damaged(json.dumps(json.loads(damaged.good)).encode())  # the same, but not as save() writes it


HOSTILE = {
    "empty": (b"", "no saved model"),
    "no JSON": (b"a letter", "no saved model"),
    "a pickle": (b"\x80\x04\x95\x0c\x00\x00\x00\x00\x00\x00\x00cos\nsystem\n.", "no saved model"),
    "a list": (b"[1.0, 2.0]", "it does not say"),
    "a number": (b"1.0", "it does not say"),
    "null": (b"null", "it does not say"),
    "another JSON": (b'{"weights": [1.0]}', "it does not say"),
    "UTF-16": ('{"format": "micrograd_es model"}'.encode("utf-16"), "no saved model"),
    "100,000 [": (b"[" * 100_000, "nested too deeply"),
    "100,000 {": (b'{"a":' * 100_000, "nested too deeply"),
    "nested and closed": (b"[" * 100_000 + b"]" * 100_000, "nested too deeply"),
    "1e999": (b"[1e999]", "1e999 is no number"),
    "-1e999": (b"[-1e999]", "-1e999 is no number"),
    "NaN": (b"[NaN]", "NaN is no number"),
    "Infinity": (b"[-Infinity]", "-Infinity is no number"),
    "a million digits": (b"[" + b"9" * 1_000_000 + b"]", "9" * 30 + " is no number"),
    "a million decimals": (b"[0." + b"9" * 1_000_000 + b"]", "it does not say"),
    "the same name twice": (b'{"format": 1, "format": "micrograd_es model"}', "'format' stands there twice"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_files(what, damaged):
    content, says = HOSTILE[what]
    begun = time.perf_counter()
    assert says in damaged(content)
    assert time.perf_counter() - begun < 2


def test_a_name_twice_in_a_real_file(damaged):
    "json alone would take the last one, and say nothing."
    line = b'  "layer1.b1": 0.0,\n'
    assert "'layer1.b1' stands there twice" in damaged(damaged.good.replace(line, line + line))


def test_deep_inside_a_real_file(damaged):
    "Deep enough for json to read and not to write: no RecursionError either way."
    for depth in (100, 500, 900, 5000):
        deep = b"[" * depth + b"0.0" + b"]" * depth
        damaged(damaged.good.replace(b"12345.678", deep))
        damaged(damaged.good.replace(b'"version": 1', b'"version": ' + deep))


def test_no_file(tmp_path):
    with pytest.raises(FileNotFoundError, match="model.json"):
        load(EXAMPLE, tmp_path / "model.json")
    with pytest.raises(OSError, match=re.escape(str(tmp_path))):
        load(EXAMPLE, tmp_path)


# ---- When writing fails ---------------------------------------------------------------------------------------------


@pytest.fixture
def failing(tmp_path):
    "Save over an old file and fail: the OSError. It names the file; the old one is whole, and nothing lies beside it."
    path = tmp_path / "model.json"
    save(EXAMPLE, path)
    before = path.read_bytes()

    def failing(error=OSError):
        with pytest.raises(error) as caught:
            save(blank(EXAMPLE), path)
        assert path.read_bytes() == before and os.listdir(tmp_path) == ["model.json"]
        if isinstance(caught.value, OSError):
            assert str(path) in str(caught.value) and ".part" not in str(caught.value)
        return caught.value

    return failing


@pytest.mark.parametrize("call", ["fsync", "replace", "chmod"])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EROFS, errno.EDQUOT])
def test_a_call_that_fails(call, code, failing, monkeypatch):
    "The disk is full, broken, read-only, or the quota is spent."

    def fail(*args, **kwargs):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, call, fail)
    assert failing().errno == code


PARTS = [f".micrograd_es-{digit * 16}.part" for digit in "0123"]


@pytest.mark.skipif(os.name == "nt", reason="locks of POSIX")
def test_what_was_left_behind_is_removed(tmp_path):
    "By the next to save in the folder: what nobody writes at any more, and nothing else."
    fcntl = pytest.importorskip("fcntl")
    dead, alive, link, folder = (tmp_path / name for name in PARTS)
    dead.write_text("{")
    folder.mkdir()
    (tmp_path / "other.part").write_text("another's")
    link.symlink_to(tmp_path / "other.part")
    with open(alive, "xb") as writer:
        fcntl.flock(writer, fcntl.LOCK_EX)
        save(EXAMPLE, tmp_path / "model.json")
        assert sorted(os.listdir(tmp_path)) == [*PARTS[1:], "model.json", "other.part"]
    save(EXAMPLE, tmp_path / "model.json")
    assert sorted(os.listdir(tmp_path)) == [*PARTS[2:], "model.json", "other.part"]


def test_where_files_cannot_be_locked(tmp_path, monkeypatch):
    "What is an hour old was left behind; on Windows no file is moved while it is open."
    monkeypatch.setattr(files, "fcntl", None)
    old, new = (tmp_path / name for name in PARTS[:2])
    old.write_text("{")
    new.write_text("{")
    os.utime(old, (time.time() - 4000,) * 2)
    save(EXAMPLE, tmp_path / "model.json")
    assert sorted(os.listdir(tmp_path)) == [PARTS[1], "model.json"]


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_many_kills_in_one_folder():
    "(`python -m tests.faults kills`: 300.) However many writers die, they leave one part file at most."
    assert faults.alone("kills_in_one_folder", 15) <= 1


@pytest.mark.skipif(os.name == "nt", reason="locks of POSIX")
def test_writers_beside_each_other(tmp_path):
    "None takes another's part file for left behind: every save() succeeds."
    program = """
import json, sys
from faults import model, save
for i in range(150):
    save(model([0.5] * 100), f"{sys.argv[1]}/{sys.argv[2]}.json")
print(json.dumps("done"))
"""
    path = os.pathsep.join((str(ROOT), str(Path(faults.__file__).parent)))
    writers = [
        subprocess.Popen([sys.executable, "-c", program, str(tmp_path), name], env=os.environ | {"PYTHONPATH": path})
        for name in "aab"
    ]
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0, 0]
    assert sorted(os.listdir(tmp_path)) == ["a.json", "b.json"]


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_ctrl_c(call, failing, monkeypatch):
    "It stays what it is, and leaves nothing behind."

    def interrupt(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, call, interrupt)
    failing(KeyboardInterrupt)


def test_a_file_that_may_not_grow(failing):
    "The kernel itself refuses, in the middle of the writing."
    resource = pytest.importorskip("resource")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))
    try:
        error = failing()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert error.errno == errno.EFBIG


def test_a_full_disk(tmp_path):
    "A real one, where we may mount one."
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", str(disk)]
    try:
        mounted = subprocess.run(mount, capture_output=True, timeout=10).returncode == 0
    except OSError:
        mounted = False
    if not mounted:
        pytest.skip("no right to mount a small disk here")
    try:
        save(EXAMPLE, disk / "model.json")
        with pytest.raises(OSError, match=re.escape(str(disk / "model.json"))) as caught:
            save(Net({f"w{i}": 0.1 for i in range(10_000)}), disk / "model.json")
        assert caught.value.errno == errno.ENOSPC and os.listdir(disk) == ["model.json"]
        other = blank(EXAMPLE)
        load(other, disk / "model.json")
        assert bits(other) == bits(EXAMPLE)
    finally:
        subprocess.run(["umount", str(disk)], check=True, timeout=10)


def test_the_path_is_a_folder(tmp_path):
    for folder in (tmp_path / "empty", tmp_path / "full"):
        folder.mkdir()
        (tmp_path / "full" / "file").write_text("x") if folder.name == "full" else None
        with pytest.raises(OSError, match=re.escape(f"a folder or a device, not to be overwritten: '{folder}'")):
            save(EXAMPLE, folder)
    with pytest.raises(FileNotFoundError, match="model.json"):
        save(EXAMPLE, tmp_path / "no such folder" / "model.json")
    assert sorted(os.listdir(tmp_path)) == ["empty", "full"] and os.listdir(tmp_path / "full") == ["file"]
    with pytest.raises(OSError, match="File name too long"):
        save(EXAMPLE, tmp_path / ("x" * 300))


@pytest.mark.skipif(not os.path.exists("/dev/null"), reason="Windows has no /dev/null")
def test_a_device_is_not_replaced():
    "Root could, and then /dev/null were a file."
    before = os.stat("/dev/null")
    with pytest.raises(OSError, match="/dev/null"):
        save(EXAMPLE, "/dev/null")
    assert os.stat("/dev/null").st_rdev == before.st_rdev and stat.S_ISCHR(os.stat("/dev/null").st_mode)


@pytest.mark.skipif(os.name == "nt", reason="permissions of POSIX")
@pytest.mark.parametrize("what", ["folder", "file"])
def test_read_only(what):
    "A folder, or a model that its owner protects. Root may write anywhere, so it becomes nobody for a moment."
    root = os.geteuid() == 0
    folder = Path(tempfile.mkdtemp())  # every folder above it is open to nobody, as pytest's own is not
    try:
        save(EXAMPLE, folder / "model.json")
        before = (folder / "model.json").read_bytes()
        os.chmod(folder / "model.json", 0o666 if what == "folder" else 0o444)
        os.chmod(folder, 0o555 if what == "folder" else 0o777)
        if root:
            os.seteuid(65534)
        try:
            with pytest.raises(PermissionError, match=re.escape(str(folder / "model.json"))):
                save(blank(EXAMPLE), folder / "model.json")
        finally:
            if root:
                os.seteuid(0)
        assert (folder / "model.json").read_bytes() == before and os.listdir(folder) == ["model.json"]
    finally:
        os.chmod(folder, 0o777)
        for file in folder.iterdir():
            file.unlink()
        folder.rmdir()


@pytest.mark.skipif(os.name == "nt", reason="permissions and links of POSIX")
def test_permissions_and_links_stay(tmp_path, monkeypatch):
    "A new file has the permissions of any new file, an old one keeps its own, and a link stays a link."
    old = os.umask(0o027)
    try:
        save(EXAMPLE, tmp_path / "new")
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o640
    (tmp_path / "new").chmod(0o600)
    (tmp_path / "link").symlink_to("new")
    save(blank(EXAMPLE), tmp_path / "link")
    assert (tmp_path / "link").is_symlink() and stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o600
    net = Net(dict.fromkeys(EXAMPLE.parameters, 1.0), {name: [1.0] * 2 for name in EXAMPLE.buffers})
    load(net, tmp_path / "new")
    assert {v.data for v in net.parameters.values()} == {0.0}
    monkeypatch.chdir(tmp_path)
    save(EXAMPLE, "plain name")
    assert sorted(os.listdir()) == ["link", "new", "plain name"]


# ---- kill -9 --------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not hasattr(os, "fork"), reason="SIGKILL and fork are of POSIX")
def test_kill_9_while_saving():
    "30 times (`python -m tests.promises.faults kills`: 300): the file is whole, and not older than what save() said is done."
    found = faults.kills(30)
    assert found["lost"] == found["back"] == 0
    assert found["killed while writing"], "nobody was killed while it wrote: the test is too tame"
