//! Whether the bytes that arrived are the object's, as far as its server tells: computed while they pass, never by reading
//! the file again.

use dipper_storage::{Effort, Hasher, ObjectInfo, Proof};

/// Up to this size an MD5 is computed to be held against the `ETag`: it costs two seconds of a processor for a GiB.
const MD5_AFFORDABLE: u64 = 16 * 1024 * 1024;

/// What an object that came down was held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verified {
    /// A checksum of the whole object that its server keeps: `crc64nvme`.
    Checksum(&'static str),
    /// The MD5 in the `ETag`.
    Md5,
    /// The size alone: the server tells nothing else about the whole.
    Size,
}

impl Verified {
    pub(super) fn by(proof: Option<&Proof>) -> Self {
        match proof.map(Proof::name) {
            None => Self::Size,
            Some("md5") => Self::Md5,
            Some(name) => Self::Checksum(name),
        }
    }
}

/// The best proof for an object that comes in one go.
pub(crate) fn proof_of_one(info: &ObjectInfo) -> Option<Proof> {
    let effort = if info.size <= MD5_AFFORDABLE {
        Effort::Any
    } else {
        Effort::Pieces
    };
    info.proof(effort)
}

/// The best proof for an object that comes in ranges side by side.
pub(super) fn proof_of_ranges(info: &ObjectInfo) -> Option<Proof> {
    info.proof(Effort::Pieces)
}

/// Whether ranges that lie side by side make up the object of this proof.
pub(super) fn holds(proof: &Proof, mut ranges: Vec<(u64, Hasher)>) -> bool {
    ranges.sort_by_key(|(begin, _)| *begin);
    let mut whole = proof.hasher();
    for (_, range) in &ranges {
        whole.append(range);
    }
    proof.holds(whole)
}
