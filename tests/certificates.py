"""Certificates that tests make for their servers: authorities, and what they sign. No pytest here."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Authority:
    """A CA with its certificate in `file`; signs certificates into the folder of that file."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey
    file: Path

    def sign(self, name: str, *, address: str | None = None, host: str | None = None) -> tuple[Path, Path]:
        """A certificate for `name` and its key, in files; MySQL's own name no address either."""
        key = ec.generate_private_key(ec.SECP256R1())
        builder = _builder(name, key, issuer=self.certificate.subject)
        if address is not None:
            names = x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))])
            builder = builder.add_extension(names, critical=False)
        if host is not None:
            names = x509.SubjectAlternativeName([x509.DNSName(host)])
            builder = builder.add_extension(names, critical=False)
        files = self.file.with_name(f"{name}.pem"), self.file.with_name(f"{name}.key")
        files[0].write_bytes(builder.sign(self.key, SHA256()).public_bytes(Encoding.PEM))
        files[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        files[1].chmod(0o644)  # for the account that the servers run as
        return files


def make_authority(name: str, folder: Path) -> Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    basics = x509.BasicConstraints(ca=True, path_length=None)
    builder = _builder(name, key, issuer=_name(name)).add_extension(basics, critical=True)
    certificate = builder.sign(key, SHA256())
    file = folder / f"{name}.pem"
    file.write_bytes(certificate.public_bytes(Encoding.PEM))
    return Authority(certificate, key, file)


def _name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _builder(name: str, key: ec.EllipticCurvePrivateKey, *, issuer: x509.Name) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(subject_name=_name(name), issuer_name=issuer, public_key=key.public_key())
    builder = builder.serial_number(x509.random_serial_number())
    return builder.not_valid_before(now - DAY).not_valid_after(now + DAY)
