//! One-time tokens: nothing that destroys or publishes runs without the token of the dry run that was shown.
//!
//! The token is 128 random bits, valid for two minutes and for one use. What was planned (account, bucket, keys, counts,
//! scope) is stored here beside it, so nothing that is sent along with the token later can widen it. A token of another
//! kind of plan is refused, and spent by the try.

use std::any::Any;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::error::{Error, Result};
use crate::random;

/// At most this many plans wait for an answer; the oldest go first. A window shows one dialog at a time, so this is far
/// above need and only keeps a runaway caller from filling memory.
const MOST_WAITING: usize = 64;

/// The right to run one plan once, within two minutes of its being shown.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PlanToken(String);

impl PlanToken {
    /// The token as text, to be sent to the window and back.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for PlanToken {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for PlanToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PlanToken(…)")
    }
}

struct Waiting {
    planned: Box<dyn Any + Send>,
    issued: Instant,
}

/// The plans that wait to be confirmed.
pub(crate) struct Plans {
    lifetime: Duration,
    waiting: Mutex<HashMap<PlanToken, Waiting>>,
}

impl Plans {
    pub(crate) fn new(lifetime: Duration) -> Self {
        Self {
            lifetime,
            waiting: Mutex::default(),
        }
    }

    /// Stores what was planned and gives the token that runs it.
    pub(crate) fn issue<T: Any + Send>(&self, planned: T) -> Result<PlanToken> {
        self.issue_at(Instant::now(), planned)
    }

    /// Takes what was planned; the token is spent whatever happens next.
    pub(crate) fn take<T: Any + Send>(&self, operation: &str, token: &PlanToken) -> Result<T> {
        self.take_at(Instant::now(), operation, token)
    }

    /// Forgets a plan that was replaced by another. Unknown tokens are no error.
    pub(crate) fn revoke(&self, token: &PlanToken) {
        self.waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(token);
    }

    /// Forgets all plans: what they were made for is not as it was.
    pub(crate) fn revoke_all(&self) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn issue_at<T: Any + Send>(&self, now: Instant, planned: T) -> Result<PlanToken> {
        let token = PlanToken(random::hex_id()?);
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|_, plan| now.duration_since(plan.issued) < self.lifetime);
        while waiting.len() >= MOST_WAITING {
            let Some(oldest) = waiting
                .iter()
                .min_by_key(|(_, plan)| plan.issued)
                .map(|(token, _)| token.clone())
            else {
                break;
            };
            waiting.remove(&oldest);
        }
        waiting.insert(
            token.clone(),
            Waiting {
                planned: Box::new(planned),
                issued: now,
            },
        );
        Ok(token)
    }

    fn take_at<T: Any + Send>(&self, now: Instant, operation: &str, token: &PlanToken) -> Result<T> {
        let waiting = self
            .waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(token);
        let Some(plan) = waiting else {
            return Err(Error::stale_plan(
                operation,
                "Nothing was done: this was confirmed before, or it was never shown.",
            ));
        };
        if now.duration_since(plan.issued) >= self.lifetime {
            return Err(Error::stale_plan(
                operation,
                "Nothing was done: what was shown is too old to confirm.",
            ));
        }
        match plan.planned.downcast() {
            Ok(planned) => Ok(*planned),
            Err(_) => Err(Error::stale_plan(
                operation,
                "Nothing was done: what was confirmed is something else.",
            )),
        }
    }
}

/// Refuses unless the name was typed exactly. `typed` comes from the window, `name` from the stored plan.
pub(crate) fn require_typed_name(operation: &str, name: &str, typed: Option<&str>) -> Result<()> {
    if typed == Some(name) {
        return Ok(());
    }
    let error = Error::field_at_fault(
        operation,
        "typedName",
        format!("Nothing was done: type the name “{name}” to confirm."),
    );
    Err(error.with_bucket(name))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::ErrorKind;

    #[derive(Debug, PartialEq)]
    struct Delete(&'static str);
    #[derive(Debug, PartialEq)]
    struct Publish;

    fn plans() -> Plans {
        Plans::new(Duration::from_mins(2))
    }

    #[test]
    fn a_token_runs_what_was_planned_once() {
        let plans = plans();
        let token = plans.issue(Delete("photos")).unwrap();
        assert_eq!(plans.take::<Delete>("delete", &token).unwrap(), Delete("photos"));
        assert_eq!(
            plans.take::<Delete>("delete", &token).unwrap_err().kind(),
            ErrorKind::StalePlan
        );
    }

    #[test]
    fn a_token_is_refused_after_its_time() {
        let plans = plans();
        let shown = Instant::now();
        let token = plans.issue_at(shown, Delete("a")).unwrap();
        let late = shown + Duration::from_mins(2);
        assert_eq!(
            plans.take_at::<Delete>(late, "delete", &token).unwrap_err().kind(),
            ErrorKind::StalePlan
        );
        let token = plans.issue_at(shown, Delete("a")).unwrap();
        let in_time = shown + Duration::from_secs(119);
        assert_eq!(plans.take_at::<Delete>(in_time, "delete", &token).unwrap(), Delete("a"));
    }

    #[test]
    fn a_token_of_another_kind_of_plan_is_refused_and_spent() {
        let plans = plans();
        let token = plans.issue(Publish).unwrap();
        assert_eq!(
            plans.take::<Delete>("delete", &token).unwrap_err().kind(),
            ErrorKind::StalePlan
        );
        assert_eq!(
            plans.take::<Publish>("publish", &token).unwrap_err().kind(),
            ErrorKind::StalePlan
        );
    }

    #[test]
    fn made_up_and_revoked_tokens_are_refused() {
        let plans = plans();
        let made_up = PlanToken::from("0".repeat(32));
        assert_eq!(
            plans.take::<Delete>("delete", &made_up).unwrap_err().kind(),
            ErrorKind::StalePlan
        );
        let token = plans.issue(Delete("a")).unwrap();
        plans.revoke(&token);
        assert_eq!(
            plans.take::<Delete>("delete", &token).unwrap_err().kind(),
            ErrorKind::StalePlan
        );
    }

    #[test]
    fn tokens_are_128_bits_and_never_printed() {
        let token = plans().issue(Publish).unwrap();
        assert_eq!(token.as_str().len(), 32);
        assert!(!format!("{token:?}").contains(token.as_str()));
    }

    #[test]
    fn plans_that_nobody_answers_do_not_pile_up() {
        let plans = plans();
        let first = plans.issue(Publish).unwrap();
        for _ in 0..1000 {
            plans.issue(Publish).unwrap();
        }
        assert_eq!(plans.waiting.lock().unwrap().len(), MOST_WAITING);
        assert!(plans.take::<Publish>("publish", &first).is_err());
    }

    #[test]
    fn the_typed_name_must_be_exact() {
        assert!(require_typed_name("delete", "photos", Some("photos")).is_ok());
        for typed in [None, Some(""), Some("Photos"), Some("photos "), Some("photo")] {
            let error = require_typed_name("delete", "photos", typed).unwrap_err();
            assert_eq!(
                (error.kind(), error.field()),
                (ErrorKind::InvalidInput, Some("typedName"))
            );
        }
    }
}
