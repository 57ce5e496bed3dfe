"""An issuer of JSON Web Tokens: a key for each algorithm, made by PyJWT and cryptography.

    tokens.py DIRECTORY     its private keys, keys.json, a token for "ada" and one that is too old

What imports it has the keys of the directory that $TOKENS names."""

import base64
import json
import os
import pathlib
import sys
import time

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

ISSUER, AUDIENCE, SCOPE = "https://issuer.example", "wirehouse", "openid query"

MAKE = {"RSA": lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048),
        "ES256": lambda: ec.generate_private_key(ec.SECP256R1()),
        "ES384": lambda: ec.generate_private_key(ec.SECP384R1()),
        "ES512": lambda: ec.generate_private_key(ec.SECP521R1()),
        "EdDSA": ed25519.Ed25519PrivateKey.generate}


def private_key(name, directory):
    """Of the directory, or made and written there."""
    path = directory / f"{name}.pem"
    if path.exists():
        return serialization.load_pem_private_key(path.read_bytes(), None)
    made = MAKE[name]()
    path.write_bytes(made.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                        serialization.NoEncryption()))
    return made


DIRECTORY = pathlib.Path(sys.argv[1] if __name__ == "__main__" else os.environ["TOKENS"])
OWN = {name: private_key(name, DIRECTORY) for name in MAKE}
RSA = OWN["RSA"]
KEYS = {name: OWN.get(name, RSA)
        for name in ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")}


def jwk(algorithm, key, **more):
    """The public half, as a member of a key set."""
    made = jwt.get_algorithm_by_name(algorithm).to_jwk(key.public_key(), as_dict=True)
    made.pop("key_ops", None)
    return made | more


def key_set(keys=None):
    """All keys, each with an id."""
    keys = keys or {"RS256": RSA} | {name: KEYS[name] for name in ("ES256", "ES384", "ES512", "EdDSA")}
    return {"keys": [jwk(name, key, kid=f"key-{name}", use="sig") for name, key in keys.items()]}


def claims(**changes):
    """Of a good token; a claim that is changed to None is left out."""
    now = int(time.time())
    made = {"iss": ISSUER, "aud": AUDIENCE, "sub": "ada", "scope": SCOPE, "iat": now, "exp": now + 600} | changes
    return {name: value for name, value in made.items() if value is not None}


def token(algorithm="ES256", key=None, headers=None, **changes):
    return jwt.encode(claims(**changes), key or KEYS[algorithm], algorithm, headers=headers)


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def bare(header, payload, signature=b""):
    """Whatever is said in it, and signed by nobody."""
    return ".".join((base64url(json.dumps(header).encode()), base64url(json.dumps(payload).encode()),
                     base64url(signature)))


if __name__ == "__main__":
    DIRECTORY.joinpath("keys.json").write_text(json.dumps(key_set()))
    DIRECTORY.joinpath("ada.jwt").write_text(token())
    DIRECTORY.joinpath("old.jwt").write_text(token(exp=1000))
