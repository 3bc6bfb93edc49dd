//! Whether what arrived is what the server keeps: which digest an answer offers, and computing it on the way.
//!
//! The ladder, best first: a checksum of the whole object; an `ETag` that is the MD5 of an object in one piece. A checksum
//! of checksums (`…-3`) and the `ETag` of an upload in parts say nothing about the bytes without knowing the parts.

use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use crc_fast::{CrcAlgorithm, Digest as Crc};
use md5::{Digest as _, Md5};
use sha1::Sha1;
use sha2::Sha256;

use crate::objects::ObjectInfo;

/// How much computing a digest may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    /// Whatever the answer offers; MD5 takes two seconds of a processor for a GiB.
    Any,
    /// Only what can be computed in pieces that are put together afterwards: CRCs, which cost next to nothing.
    Pieces,
}

/// A digest of a whole object that its server told.
#[derive(Clone, PartialEq, Eq)]
pub struct Proof {
    kind: Kind,
    expected: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Crc64Nvme,
    Crc32c,
    Crc32,
    Sha256,
    Sha1,
    Md5,
}

/// From the cheapest to the dearest.
const KINDS: [(&str, Kind); 5] = [
    ("crc64nvme", Kind::Crc64Nvme),
    ("crc32c", Kind::Crc32c),
    ("crc32", Kind::Crc32),
    ("sha256", Kind::Sha256),
    ("sha1", Kind::Sha1),
];

/// Computes the digest that a [`Proof`] is about.
#[derive(Debug)]
pub struct Hasher(State);

#[derive(Debug)]
enum State {
    Crc(Kind, Box<Crc>),
    Sha256(Sha256),
    Sha1(Sha1),
    Md5(Md5),
}

impl ObjectInfo {
    /// The digest that this answer offers and that is affordable.
    pub fn proof(&self, effort: Effort) -> Option<Proof> {
        let checksum = KINDS.into_iter().find_map(|(name, kind)| {
            let (_, value) = self.checksums.iter().find(|(algorithm, _)| algorithm == name)?;
            // With a `-` it is one of parts' checksums, and no base64.
            let expected = BASE64_STANDARD.decode(value).ok()?;
            (expected.len() == kind.bytes()).then_some(Proof { kind, expected })
        });
        let affordable = checksum.filter(|proof| effort == Effort::Any || proof.kind.is_crc());
        affordable.or_else(|| self.etag_proof().filter(|_| effort == Effort::Any))
    }

    fn etag_proof(&self) -> Option<Proof> {
        let etag = self.etag.as_deref()?;
        if !self.has_plain_etag {
            return None;
        }
        Some(Proof {
            kind: Kind::Md5,
            expected: md5_of_etag(etag)?.to_vec(),
        })
    }
}

/// The MD5 in an `ETag` that looks like one.
pub(crate) fn md5_of_etag(etag: &str) -> Option<[u8; 16]> {
    if etag.len() != 32 || !etag.is_ascii() {
        return None;
    }
    let mut digest = [0; 16];
    for (byte, at) in digest.iter_mut().zip((0..).step_by(2)) {
        *byte = u8::from_str_radix(etag.get(at..at + 2)?, 16).ok()?;
    }
    Some(digest)
}

impl Proof {
    /// The algorithm: `crc64nvme`, `md5`.
    pub fn name(&self) -> &'static str {
        KINDS
            .iter()
            .find(|(_, kind)| *kind == self.kind)
            .map_or("md5", |(name, _)| name)
    }

    /// A hasher that has seen nothing yet.
    pub fn hasher(&self) -> Hasher {
        Hasher(match self.kind {
            Kind::Sha256 => State::Sha256(Sha256::new()),
            Kind::Sha1 => State::Sha1(Sha1::new()),
            Kind::Md5 => State::Md5(Md5::new()),
            Kind::Crc64Nvme => State::Crc(self.kind, Box::new(Crc::new(CrcAlgorithm::Crc64Nvme))),
            Kind::Crc32c => State::Crc(self.kind, Box::new(Crc::new(CrcAlgorithm::Crc32Iscsi))),
            Kind::Crc32 => State::Crc(self.kind, Box::new(Crc::new(CrcAlgorithm::Crc32IsoHdlc))),
        })
    }

    /// Whether what the hasher saw is the object.
    pub fn holds(&self, seen: Hasher) -> bool {
        seen.finish() == self.expected
    }
}

impl fmt::Debug for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Proof").field(&self.name()).finish()
    }
}

impl Kind {
    fn bytes(self) -> usize {
        match self {
            Self::Crc64Nvme => 8,
            Self::Crc32c | Self::Crc32 => 4,
            Self::Sha256 => 32,
            Self::Sha1 => 20,
            Self::Md5 => 16,
        }
    }

    fn is_crc(self) -> bool {
        matches!(self, Self::Crc64Nvme | Self::Crc32c | Self::Crc32)
    }
}

impl Hasher {
    /// Takes the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        match &mut self.0 {
            State::Crc(_, crc) => crc.update(bytes),
            State::Sha256(digest) => digest.update(bytes),
            State::Sha1(digest) => digest.update(bytes),
            State::Md5(digest) => digest.update(bytes),
        }
    }

    /// Puts the bytes that another has seen behind this one's. Only CRCs can: others are left wrong, and prove nothing.
    pub fn append(&mut self, next: &Self) {
        if let (State::Crc(_, crc), State::Crc(_, next)) = (&mut self.0, &next.0) {
            crc.combine(next);
        }
    }

    fn finish(self) -> Vec<u8> {
        match self.0 {
            State::Crc(kind, crc) => crc.finalize().to_be_bytes()[8 - kind.bytes()..].to_vec(),
            State::Sha256(digest) => digest.finalize().to_vec(),
            State::Sha1(digest) => digest.finalize().to_vec(),
            State::Md5(digest) => digest.finalize().to_vec(),
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use crate::names::ObjectKey;

    fn object(etag: &str, checksums: &[(&str, &str)]) -> ObjectInfo {
        let mut info = ObjectInfo::nothing(&ObjectKey::parse("key").unwrap());
        info.etag = Some(etag.to_owned());
        info.has_plain_etag = true;
        info.checksums = checksums
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        info
    }

    fn holds(info: &ObjectInfo, effort: Effort, bytes: &[u8]) -> Option<(&'static str, bool)> {
        let proof = info.proof(effort)?;
        let (head, tail) = bytes.split_at(bytes.len() / 3);
        let mut whole = proof.hasher();
        whole.update(head);
        if effort == Effort::Pieces {
            let mut behind = proof.hasher();
            behind.update(tail);
            whole.append(&behind);
        } else {
            whole.update(tail);
        }
        Some((proof.name(), proof.holds(whole)))
    }

    /// The checksums that are told, the effort, and the proof that is found.
    type Case = (&'static [(&'static str, &'static str)], Effort, &'static str);

    /// The check values of the catalogue of CRCs and of RFC 1321, and one wrong byte against each.
    #[test]
    fn every_rung_finds_a_wrong_byte_and_the_best_comes_first() {
        let md5 = "25f9e794323b453885f5181f1b624d0b";
        let cases: [Case; 6] = [
            (
                &[("crc64nvme", "rosUhgp5mIg="), ("crc32c", "AAAAAA==")],
                Effort::Any,
                "crc64nvme",
            ),
            (&[("crc64nvme", "rosUhgp5mIg=")], Effort::Pieces, "crc64nvme"),
            (&[("crc32c", "4waSgw==")], Effort::Pieces, "crc32c"),
            (&[("crc32", "y/Q5Jg==")], Effort::Pieces, "crc32"),
            (&[("crc32c", "4waSgw==-3")], Effort::Any, "md5"),
            (&[], Effort::Any, "md5"),
        ];
        for (checksums, effort, name) in cases {
            let info = object(md5, checksums);
            assert_eq!(holds(&info, effort, b"123456789"), Some((name, true)));
            assert_eq!(holds(&info, effort, b"123456788"), Some((name, false)));
        }
        assert_eq!(object("abc-3", &[]).proof(Effort::Any), None);
        assert_eq!(object(md5, &[]).proof(Effort::Pieces), None);
        let mut encrypted = object(md5, &[]);
        encrypted.has_plain_etag = false;
        assert_eq!(encrypted.proof(Effort::Any), None);
    }
}
