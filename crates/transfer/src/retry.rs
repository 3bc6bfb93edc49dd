//! How long to wait before trying again. Whether to is [`ErrorKind::is_retryable`](dipper_storage::ErrorKind) alone.

use std::time::{Duration, Instant};

use crate::error::Error;
use crate::line::Blame;

/// How often one request is tried.
pub(crate) const ATTEMPTS: u32 = 5;
/// The ceiling of the first wait; each further one is twice as high.
const FIRST: Duration = Duration::from_millis(250);
/// The highest ceiling, and the most that a server's `Retry-After` is believed.
const HIGHEST: Duration = Duration::from_secs(20);

/// What a request has tried so far.
#[derive(Debug, Default)]
pub(crate) struct Tries {
    failed: u32,
    /// Since when its line has been to blame.
    waits_since: Option<Instant>,
    healed: bool,
}

impl Tries {
    pub(crate) fn failed(&self) -> u32 {
        self.failed
    }

    /// Something came of a try: they are counted anew.
    pub(crate) fn begin_anew(&mut self) {
        self.failed = 0;
    }

    /// Whether to try again after this failure. What a server taught the client by refusing is worth one more try.
    pub(crate) fn go_on(&mut self, error: &Error, blame: Blame, patience: Duration) -> bool {
        if blame == Blame::Outage {
            return true;
        }
        if !error.kind().is_retryable() {
            let healed = error.storage().is_some_and(dipper_storage::Error::may_be_healed);
            return healed && !std::mem::replace(&mut self.healed, true);
        }
        if blame == Blame::Storm {
            return self.waits_since.get_or_insert_with(Instant::now).elapsed() < patience;
        }
        self.waits_since = None;
        self.failed += 1;
        self.failed < ATTEMPTS
    }
}

/// The wait after failure number `failed` (from 1): anywhere between nothing and a ceiling that doubles ("full jitter"), so
/// that many requests that failed together do not come back together; never less than the server asked for.
pub(crate) fn backoff(failed: u32, retry_after: Option<Duration>, random: u64) -> Duration {
    let ceiling = FIRST.saturating_mul(1 << failed.saturating_sub(1).min(16)).min(HIGHEST);
    let micros = u64::try_from(ceiling.as_micros()).unwrap_or(u64::MAX).max(1);
    Duration::from_micros(random % micros) + retry_after.unwrap_or_default().min(HIGHEST)
}

/// A random number; half-way where the system has none to give, which only makes the waits alike.
pub(crate) fn random() -> u64 {
    getrandom::u64().unwrap_or(u64::MAX / 2)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn waits_stay_below_a_doubling_ceiling(failed in 1_u32..40, asked in 0_u64..100, random in any::<u64>()) {
            let asked = Duration::from_secs(asked);
            let wait = backoff(failed, Some(asked), random);
            prop_assert!(wait >= asked.min(HIGHEST));
            let ceiling = (FIRST * 2_u32.pow(failed.min(10) - 1)).min(HIGHEST);
            prop_assert!(wait < ceiling + asked.min(HIGHEST));
        }
    }
}
