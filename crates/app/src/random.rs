//! Random names and keys, from the operating system.

use crate::error::{Error, Result};

/// The alphabet of access key ids: capitals and digits that are not mistaken for one another, 32 of them.
const KEY_ID_LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// 128 random bits as 32 hex digits: ids, tokens, tenants.
pub(crate) fn hex_id() -> Result<String> {
    Ok(hex::encode(bytes::<16>()?))
}

/// An access key id: 20 letters, 100 random bits.
pub(crate) fn access_key_id() -> Result<String> {
    let random = bytes::<20>()?;
    Ok(random
        .iter()
        .map(|byte| char::from(KEY_ID_LETTERS[usize::from(byte % 32)]))
        .collect())
}

/// 240 random bits: the raw form of a secret of 40 letters.
pub(crate) fn secret_bits() -> Result<zeroize::Zeroizing<[u8; 30]>> {
    bytes::<30>().map(zeroize::Zeroizing::new)
}

fn bytes<const N: usize>() -> Result<[u8; N]> {
    let mut random = [0; N];
    getrandom::fill(&mut random).map_err(|cause| Error::internal("make a random number", cause))?;
    Ok(random)
}
