"""Keys of a provider, what it publishes of them, and the id tokens that it signs."""

from __future__ import annotations

import json
import time

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
ED = ed25519.Ed25519PrivateKey.generate()
EC = ec.generate_private_key(ec.SECP256R1())


def public(key, kid="k1", **changes):
    algorithm = jwt.algorithms.RSAAlgorithm if hasattr(key, "private_numbers") else None
    if isinstance(key, ed25519.Ed25519PrivateKey):
        algorithm, alg = jwt.algorithms.OKPAlgorithm, "EdDSA"
    elif isinstance(key, ec.EllipticCurvePrivateKey):
        algorithm, alg = jwt.algorithms.ECAlgorithm, "ES256"
    else:
        alg = "RS256"
    jwk = json.loads(algorithm.to_jwk(key.public_key()))
    return {**jwk, "kid": kid, "alg": alg, "use": "sig", **changes}


def signed(key, alg, kid="k1", **changes):
    now = int(time.time())
    claims = {"sub": "1", "aud": "client", "iss": "https://idp", "iat": now, "exp": now + 60}
    claims = {name: value for name, value in (claims | changes).items() if value is not None}
    return jwt.encode(claims, key, alg, headers={"kid": kid} if kid else None)
