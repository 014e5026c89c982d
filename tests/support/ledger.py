# SPDX-License-Identifier: Apache-2.0
"""The history as api/history/README.md lays it down, written from that page alone: bytes, hashes, proofs, notes."""
import base64
import datetime
import hashlib
import struct
import subprocess
import tempfile
import uuid

ZERO = bytes(32)
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


def ident(text):
    return uuid.UUID(text).bytes if text else bytes(16)


def micros(text):
    moment = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    return (moment - EPOCH) // datetime.timedelta(microseconds=1)


def blake(data, key=b""):
    return hashlib.blake2b(data, digest_size=32, key=key).digest()


def commitment(row):
    """`row`: columns of the table entry, bytea as bytes."""
    if row["commitment"]:
        return row["commitment"]
    data = b"\0" if row["data"] is None else b"\1" + row["data"].encode()
    return blake(ident(row["person_id"]) + ident(row["behalf_id"]) + ident(row["about_id"]) + data, row["salt"])


def entry_bytes(row, prev):
    def text(word):
        return struct.pack(">H", len(word.encode())) + word.encode()
    seal = row["seal"] or b""
    return (b"\1" + prev + row["kind"].encode() + ident(row["tree"]) + ident(row["chain"]) + struct.pack(">q", row["version"])
            + struct.pack(">q", micros(row["at"])) + text(row["event"]) + struct.pack(">H", len(row["places"])) + b"".join(map(text, row["places"]))
            + bytes([len(seal)]) + seal + commitment(row))


def node(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def leaf(entry_hash):
    return hashlib.sha256(b"\0" + entry_hash).digest()


def root(leaves):
    """RFC 9162, 2.1.1, as it stands there."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return node(root(leaves[:k]), root(leaves[k:]))


def included(hash_of_leaf, index, size, path, top):
    """RFC 9162, 2.1.3.2."""
    fn, sn, r = index, size - 1, hash_of_leaf
    for p in path:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            r = node(p, r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node(r, p)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and r == top


def consistent(first, second, old, new, path):
    """RFC 9162, 2.1.4.2."""
    if first == second:
        return not path and old == new
    if first & (first - 1) == 0:
        path = [old] + path
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for c in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = node(c, fr), node(c, sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node(sr, c)
        fn, sn = fn >> 1, sn >> 1
    return fr == old and sr == new and sn == 0


class Note:
    """A checkpoint: origin, size, root, and the signature that openssl judges."""

    def __init__(self, text):
        self.text, _, below = text.partition("\n\n")
        self.text += "\n"
        lines = self.text.split("\n")
        self.origin, self.size, self.root = lines[0], int(lines[1]), base64.b64decode(lines[2])
        self.signature = base64.b64decode(below.strip().split(" ")[2])[4:]

    def signed_by(self, pem):
        with tempfile.TemporaryDirectory() as folder:
            for name, data in (("key", pem.encode()), ("note", self.text.encode()), ("signature", self.signature)):
                with open(f"{folder}/{name}", "wb") as file:
                    file.write(data)
            return subprocess.run(["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", f"{folder}/key", "-in", f"{folder}/note",
                                   "-sigfile", f"{folder}/signature"], capture_output=True).returncode == 0
