//! Certificates that sign themselves, written byte by byte: what a server of the tests shows, and a client trusts that is told to.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::sign::SigningKey;
use rustls::{ServerConfig, SignatureScheme};
use sha2::{Digest, Sha256};

pub(super) struct Certificate {
    der: Vec<u8>,
    key: Vec<u8>,
}

impl Certificate {
    /// For a name in the DNS, until a year of four digits.
    pub(super) fn new(name: &str, until: u16) -> Self {
        // Ed25519 takes any 32 bytes for a key. These keep nothing secret.
        let seed = Sha256::digest(format!("{name} {until}"));
        let key = [ED25519_KEY, seed.as_slice()].concat();
        let signing = PrivatePkcs8KeyDer::from(key.as_slice());
        let signing = rustls::crypto::ring::sign::any_eddsa_type(&signing).unwrap();
        let algorithm = node(0x30, &[ED25519]);
        let called = node(0x0c, &[format!("{name} until {until}").as_bytes()]);
        let called = node(0x30, &[&[6, 3, 85, 4, 3], &called]);
        let called = node(0x30, &[&node(0x31, &[&called])]);
        let time = |year: u16| node(0x18, &[format!("{year}0101000000Z").as_bytes()]);
        let names = node(0x30, &[&node(0x82, &[name.as_bytes()])]);
        let names = node(4, &[&names]);
        let names = node(0x30, &[&[6, 3, 85, 29, 17], &names]);
        let told = [
            node(0xa0, &[&[2, 1, 2]]),
            node(2, &[&[1]]),
            algorithm.clone(),
            called.clone(),
            node(0x30, &[&time(2000), &time(until)]),
            called,
            signing.public_key().unwrap().to_vec(),
            node(0xa3, &[&node(0x30, &[&names])]),
        ];
        let told = node(0x30, &[&told.concat()]);
        let signature = sign(signing.as_ref(), &told);
        let signature = node(3, &[&[0], &signature]);
        let der = node(0x30, &[&told, &algorithm, &signature]);
        Self { der, key }
    }

    /// As files have it that say whom to trust.
    pub(super) fn pem(&self) -> String {
        let text = STANDARD.encode(&self.der);
        format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n")
    }

    /// What a server needs that shows it.
    pub(super) fn server(&self) -> Arc<ServerConfig> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider);
        let config = config.with_safe_default_protocol_versions().unwrap();
        let key = PrivateKeyDer::Pkcs8(self.key.clone().into());
        let shown = vec![CertificateDer::from(self.der.clone())];
        let config = config.with_no_client_auth().with_single_cert(shown, key);
        Arc::new(config.unwrap())
    }
}

/// What stands before the 32 bytes of a key in PKCS #8.
const ED25519_KEY: &[u8] = b"\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20";

/// The object identifier of Ed25519.
const ED25519: &[u8] = b"\x06\x03\x2b\x65\x70";

fn sign(key: &dyn SigningKey, text: &[u8]) -> Vec<u8> {
    let signer = key.choose_scheme(&[SignatureScheme::ED25519]).unwrap();
    signer.sign(text).unwrap()
}

/// A node of DER.
fn node(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = u16::try_from(content.len()).unwrap();
    let [high, low] = length.to_be_bytes();
    let head: &[u8] = match length {
        0..128 => &[tag, low],
        128..256 => &[tag, 0x81, low],
        _ => &[tag, 0x82, high, low],
    };
    [head, &content].concat()
}
