# SPDX-License-Identifier: Apache-2.0
"""A provider that lies, for tests alone: a whole OpenID Connect provider on loopback whose every answer a test can bend.

`rogue.bend = {"claims": {...}, "header": {...}, ...}` holds for the sign-ins that follow; `rogue.calls` counts what it was asked."""
import base64
import collections
import datetime
import hashlib
import hmac
import ipaddress
import json
import secrets
import ssl
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

CLIENT, SECRET = "jalon", "s3cret-of-the-rogue+ /é"


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(n, size=None):
    return b64(n.to_bytes(size or (n.bit_length() + 7) // 8, "big"))


class Key:
    def __init__(self, alg, kid=None, bits=2048):
        self.alg, self.kid = alg, kid or secrets.token_hex(4)
        self.private = ec.generate_private_key(ec.SECP256R1()) if alg == "ES256" else rsa.generate_private_key(65537, bits)

    def jwk(self):
        n = self.private.public_key().public_numbers()
        both = {"use": "sig", "alg": self.alg, "kid": self.kid}
        if self.alg == "ES256":
            return {**both, "kty": "EC", "crv": "P-256", "x": number(n.x, 32), "y": number(n.y, 32)}
        return {**both, "kty": "RSA", "n": number(n.n), "e": number(n.e)}

    def pem(self):
        return self.private.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)

    def sign(self, data):
        if self.alg == "ES256":
            r, s = decode_dss_signature(self.private.sign(data, ec.ECDSA(hashes.SHA256())))
            return r.to_bytes(32, "big") + s.to_bytes(32, "big")
        return self.private.sign(data, padding.PKCS1v15(), hashes.SHA256())


def token(key, claims, header=None, sign=None):
    head = {"alg": key.alg, "kid": key.kid, "typ": "JWT", **(header or {})}
    head = {k: v for k, v in head.items() if v is not None}
    text = b64(json.dumps(head).encode()) + "." + b64(json.dumps(claims).encode())
    return text + "." + b64((sign or key.sign)(text.encode()))


def hs256(secret):
    return lambda data: hmac.new(secret, data, hashlib.sha256).digest()


def certificate(folder):
    """A certificate of its own making for 127.0.0.1, and its key: paths."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Rogue")])
    now = datetime.datetime.utcnow()
    made = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
            .not_valid_before(now - datetime.timedelta(hours=1)).not_valid_after(now + datetime.timedelta(hours=1))
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), True).sign(key, hashes.SHA256()))
    paths = folder / "rogue.pem", folder / "rogue.key"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    return paths


class Rogue:
    """`with Rogue() as rogue:`; `authorize(location)` is its login page: the address to which the browser would be sent back."""

    def __init__(self, tls=None):
        self.key, self.bend, self.calls, self.codes = Key("RS256"), {}, collections.Counter(), {}
        self.keys = [self.key]
        rogue = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_GET(self):
                rogue.answer(self, urllib.parse.urlsplit(self.path).path, {})

            def do_POST(self):
                form = dict(urllib.parse.parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
                rogue.answer(self, self.path, form)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.handle_error = lambda *_: None  # whoever hangs up on a liar is right
        self.server.daemon_threads = True
        self.scheme = "https" if tls else "http"
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*tls)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        self.issuer = self.named("api/v2")
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def named(self, name):
        """An issuer of this name: as many as one likes, the same liar behind them all."""
        return f"{self.scheme}://127.0.0.1:{self.port}/{name}"

    # --- what it answers

    def answer(self, handler, path, form):
        self.calls[path] += 1
        bend = self.bend.get(path.rsplit("/", 1)[-1], {})
        issuer = self.named(path[1:].removesuffix("/.well-known/openid-configuration").removesuffix("/token"))
        time.sleep(bend.get("wait", 0))
        status, kind, body = bend.get("status", 200), "application/json", None
        if path.endswith("/openid-configuration"):
            body = self.description(issuer)
        elif path.endswith("/jwks"):
            body = {"keys": [k.jwk() if isinstance(k, Key) else k for k in self.keys]}
        elif path.endswith("/token"):
            status, body = self.trade(handler, form, issuer)
        elif path.endswith("/userinfo"):
            kind, body = self.userinfo(handler)
        else:
            status, body = 404, {}
        body = bend.get("body", body)
        data = body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else json.dumps(body).encode()
        try:
            handler.send_response(bend.get("status", status))
            handler.send_header("Content-Type", bend.get("type", kind))
            handler.send_header("Content-Length", str(len(data)))
            if "location" in bend:
                handler.send_header("Location", bend["location"])
            handler.end_headers()
            drip = bend.get("drip", 0)
            for i in range(0, len(data), 20 if drip else len(data) or 1):
                handler.wfile.write(data[i:i + (20 if drip else len(data))])
                time.sleep(drip)
        except OSError:
            handler.close_connection = True

    def description(self, issuer):
        return {"issuer": issuer, "authorization_endpoint": issuer + "/authorize", "token_endpoint": issuer + "/token",
                "jwks_uri": issuer + "/jwks", "userinfo_endpoint": issuer + "/userinfo", "end_session_endpoint": issuer + "/session/end",
                "authorization_response_iss_parameter_supported": True,
                **self.bend.get("description", {})}

    def trade(self, handler, form, issuer):
        asked = self.codes.pop(form.get("code"), None) if not self.bend.get("codes_serve_again") else self.codes.get(form.get("code"))
        user = base64.b64decode(handler.headers.get("Authorization", "Basic ").split(" ")[1]).decode()
        if user != urllib.parse.quote(CLIENT, safe="") + ":" + urllib.parse.quote(SECRET, safe=""):
            return 401, {"error": "invalid_client"}
        challenge = b64(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if not asked or form["redirect_uri"] != asked["redirect_uri"] or challenge != asked["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        access = secrets.token_urlsafe(16)
        self.access = access
        self.last = self.id_token(asked, access, issuer)
        return 200, {"access_token": access, "token_type": "Bearer", "expires_in": 60, "id_token": self.last}

    def claims(self, asked, access, issuer):
        now = int(time.time())
        claims = {"iss": issuer, "sub": "zoe", "aud": CLIENT, "exp": now + 60, "iat": now, "nonce": asked["nonce"], "acr": "eidas1",
                  "at_hash": b64(hashlib.sha256(access.encode()).digest()[:16]), **self.bend.get("claims", {})}
        return {k: v for k, v in claims.items() if v is not None}

    def id_token(self, asked, access, issuer):
        made = token(self.bend.get("key", self.key), self.claims(asked, access, issuer), self.bend.get("header"), self.bend.get("sign"))
        return self.bend["after"](made) if "after" in self.bend else made

    def userinfo(self, handler):
        if handler.headers.get("Authorization") != f"Bearer {self.access}":
            return "application/json", {"sub": "nobody"}
        who = {"sub": "zoe", "email": "Zoe@Rogue.example", "email_verified": True, "given_name": "Zoé", "usual_name": "Martin",
               "siret": "21310555400017", **self.bend.get("info", {})}
        if "info_token" in self.bend:
            now = int(time.time())
            who = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 60, **who, **self.bend["info_token"]}
            return "application/jwt", token(self.bend.get("info_key", self.key), who)
        return "application/json", {k: v for k, v in who.items() if v is not None}

    # --- its login page

    def authorize(self, location, **changes):
        """The person signs in and is sent back to this address."""
        asked = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(location).query))
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        answer = {"code": code, "state": asked["state"], "iss": location.rsplit("/authorize", 1)[0], **changes}
        return asked["redirect_uri"] + "?" + urllib.parse.urlencode({k: v for k, v in answer.items() if v is not None})
