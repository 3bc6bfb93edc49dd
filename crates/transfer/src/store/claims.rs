//! Who stores under which key: two items that want the same one take turns, so the second sees what the first has made.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// The keys that something is being stored under.
#[derive(Debug, Default)]
pub(crate) struct Claims {
    taken: Mutex<HashSet<String>>,
    freed: Notify,
}

/// A key is ours until this is dropped.
#[derive(Debug)]
pub(crate) struct Claim<'a> {
    claims: &'a Claims,
    name: String,
}

impl Claims {
    /// Waits until nobody has the key, and takes it.
    pub(crate) async fn claim(&self, name: String) -> Claim<'_> {
        loop {
            let freed = self.freed.notified();
            tokio::pin!(freed);
            // From here on nothing that happens is missed.
            freed.as_mut().enable();
            if self.taken().insert(name.clone()) {
                return Claim { claims: self, name };
            }
            freed.await;
        }
    }

    fn taken(&self) -> MutexGuard<'_, HashSet<String>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        self.claims.taken().remove(&self.name);
        self.claims.freed.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn a_key_has_one_owner_at_a_time() {
        let claims = Claims::default();
        let first = claims.claim("a".to_owned()).await;
        let mut second = Box::pin(claims.claim("a".to_owned()));
        assert!((&mut second).now_or_never().is_none());
        assert!(claims.claim("b".to_owned()).now_or_never().is_some());
        drop(first);
        assert_eq!(second.await.name, "a");
    }
}
