//! Rules: which requests, which of them, and what happens to them.

use std::time::Duration;

use super::request::Asked;

/// How a cut answer is framed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// The length says what should have come: the cut shows.
    KeepLength,
    /// The length says what does come: it looks complete.
    FixLength,
    /// In chunks, with a proper end: it looks complete.
    ChunkedClean,
    /// HTTP/1.0 without a length, ended by closing: it looks complete.
    CloseDelimited,
}

/// What happens to a request.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// The connection is reset before anything reaches the origin.
    ResetBefore,
    /// It is reset after so many bytes: of the request's body if it has one, else of the answer's.
    ResetMid(u64),
    /// It is reset when the whole answer was sent.
    ResetAfter,
    /// The origin does it; the answer is lost and the connection reset.
    DropResponse,
    /// Nothing reaches the origin, and nothing is ever answered.
    StallHeaders,
    /// After so many bytes of the answer nothing more comes.
    StallBody(u64),
    /// The answer comes at so many bytes a second.
    Trickle(f64),
    /// The answer ends after so many bytes.
    Truncate(u64, Framing),
    /// The byte at this place of the request's body is another one.
    FlipRequest(u64),
    /// The byte at this place of the answer's body is another one; the headers stay.
    FlipAnswer(u64),
    /// As `FlipAnswer`, and these headers are taken away.
    FlipAnswerWithout(u64, &'static [&'static str]),
    /// This answer instead of the origin's.
    Status {
        /// The status.
        status: u16,
        /// The S3 code in the document; none means no document.
        code: Option<&'static str>,
        /// `Retry-After`, in seconds.
        retry_after: Option<u64>,
    },
    /// 200, and a document that says it failed.
    Ok200Error(&'static str),
    /// 200 and this body.
    Ok200Body(String),
    /// 200, some white space, and then the connection breaks.
    Ok200Cut,
    /// This redirect, without a document.
    Redirect {
        /// 301, 307, 308.
        status: u16,
        /// The host in `Location`.
        location: String,
        /// `x-amz-bucket-region`.
        region: Option<&'static str>,
    },
    /// As Amazon: 400 `AuthorizationHeaderMalformed` with the bucket's region, until requests are signed for it.
    WrongRegion(&'static str),
    /// The answer has another `ETag`.
    EtagChange(&'static str),
    /// It is passed on after so long.
    Delay(Duration),
    /// The server's clock is so many seconds ahead of ours. Needs keys.
    Skew(i64),
    /// The origin sees no `Range`, and so the whole object is answered. Needs keys.
    IgnoreRange,
    /// A range is answered with its first so many bytes, in headers that agree with each other.
    ShortRange(u64),
    /// The origin does not see these query parameters. Needs keys.
    IgnoreParameters(Vec<&'static str>),
    /// A request with a trailer or chunked signing is refused with this status; others pass, and are not counted.
    RejectTrailer(u16),
    /// A request that has to do with an ACL is refused with this status and code; others pass, and are not counted.
    NoAcl(u16, &'static str),
    /// So many MiB of this status.
    HugeBody {
        /// The status.
        status: u16,
        /// How much.
        mebibytes: u64,
    },
}

/// Which of the requests that match.
#[derive(Clone, Copy, Debug, PartialEq)]
enum When {
    Every,
    Nth(u64),
    First(u64),
    After(u64),
    Chance(f64),
}

/// A rule. Without any condition it is for every request.
#[derive(Clone, Debug)]
pub struct Rule {
    operations: Vec<&'static str>,
    key: Option<String>,
    part: Option<u32>,
    when: When,
    action: Action,
}

/// Names a rule of a proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleId(usize);

impl Rule {
    /// Does this to every request.
    pub fn new(action: Action) -> Self {
        Self {
            operations: Vec::new(),
            key: None,
            part: None,
            when: When::Every,
            action,
        }
    }

    /// Only to these operations, as S3 names them.
    #[must_use]
    pub fn on(mut self, operations: &[&'static str]) -> Self {
        self.operations.extend(operations);
        self
    }

    /// Only to keys like this; a `*` stands for anything.
    #[must_use]
    pub fn key(mut self, pattern: &str) -> Self {
        self.key = Some(pattern.to_owned());
        self
    }

    /// Only to this part.
    #[must_use]
    pub fn part(mut self, part: u32) -> Self {
        self.part = Some(part);
        self
    }

    /// Only to the n-th request that matches, from 1.
    #[must_use]
    pub fn nth(mut self, n: u64) -> Self {
        self.when = When::Nth(n);
        self
    }

    /// Only to the first n that match.
    #[must_use]
    pub fn first(mut self, n: u64) -> Self {
        self.when = When::First(n);
        self
    }

    /// To all that match but the first n.
    #[must_use]
    pub fn after(mut self, n: u64) -> Self {
        self.when = When::After(n);
        self
    }

    /// To each with this probability.
    #[must_use]
    pub fn chance(mut self, probability: f64) -> Self {
        self.when = When::Chance(probability);
        self
    }

    fn matches(&self, asked: &Asked) -> bool {
        let key_fits = |pattern: &String| is_like(&asked.key, pattern);
        (self.operations.is_empty() || self.operations.contains(&asked.operation))
            && self.key.as_ref().is_none_or(key_fits)
            && self.part.is_none_or(|part| asked.part == Some(part))
            && match self.action {
                Action::RejectTrailer(_) => asked.has_trailer,
                Action::NoAcl(..) => asked.is_about_an_acl,
                Action::ShortRange(_) | Action::IgnoreRange => asked.has_range,
                Action::WrongRegion(region) => asked.region.as_deref() != Some(region),
                _ => true,
            }
    }
}

/// Whether a text is like a pattern with `*`.
fn is_like(text: &str, pattern: &str) -> bool {
    let Some((front, rest)) = pattern.split_once('*') else {
        return text == pattern;
    };
    let Some(text) = text.strip_prefix(front) else {
        return false;
    };
    (0..=text.len()).any(|at| text.is_char_boundary(at) && is_like(&text[at..], rest))
}

/// The rules of a proxy.
#[derive(Debug)]
pub(super) struct Rules {
    all: Vec<Counted>,
    chance: u64,
}

#[derive(Debug)]
struct Counted {
    rule: Rule,
    live: bool,
    matched: u64,
    hits: u64,
}

impl Rules {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            all: Vec::new(),
            chance: seed | 1,
        }
    }

    pub(super) fn add(&mut self, rule: Rule) -> RuleId {
        self.all.push(Counted {
            rule,
            live: true,
            matched: 0,
            hits: 0,
        });
        RuleId(self.all.len() - 1)
    }

    pub(super) fn clear(&mut self) {
        self.all.iter_mut().for_each(|counted| counted.live = false);
    }

    pub(super) fn hits(&self, id: RuleId) -> u64 {
        self.all.get(id.0).map_or(0, |counted| counted.hits)
    }

    pub(super) fn decide(&mut self, asked: &Asked) -> Option<Action> {
        let chance = &mut self.chance;
        let acts = |counted: &mut Counted| {
            if !counted.live || !counted.rule.matches(asked) {
                return false;
            }
            counted.matched += 1;
            match counted.rule.when {
                When::Every => true,
                When::Nth(n) => counted.matched == n,
                When::First(n) => counted.matched <= n,
                When::After(n) => counted.matched > n,
                When::Chance(probability) => roll(chance) < probability,
            }
        };
        let mut acts = acts;
        let counted = self
            .all
            .iter_mut()
            .find_map(|counted| acts(counted).then_some(counted))?;
        counted.hits += 1;
        Some(counted.rule.action.clone())
    }
}

/// The next number of a sequence between 0 and 1 (xorshift).
fn roll(state: &mut u64) -> f64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    f64::from(u32::try_from(*state >> 32).unwrap_or_default()) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_whole_keys() {
        assert!(is_like("a/b.txt", "a/*.txt") && is_like("a/b.txt", "*") && is_like("", "*"));
        assert!(!is_like("a/b.txt", "a/") && !is_like("xa", "a*"));
    }

    #[test]
    fn the_same_seed_gives_the_same_chance() {
        let rolls = |seed| {
            let mut state = seed;
            (0..50).map(|_| roll(&mut state) < 0.3).collect::<Vec<_>>()
        };
        assert_eq!(rolls(7), rolls(7));
        assert_ne!(rolls(7), rolls(9));
        assert!((5..30).contains(&rolls(7).iter().filter(|hit| **hit).count()));
    }
}
