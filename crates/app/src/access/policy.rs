//! A bucket's policy, as far as strangers are concerned: which statements let anyone in, and our own statements put in
//! and taken out again without touching the others.
//!
//! What cannot be judged for certain (a condition, `NotAction`, `NotResource`, `NotPrincipal`) is reported in words and
//! counted neither as public nor as private.

use serde_json::{Map, Value, json};

use super::strangers::{Deed, Place};
use crate::error::{Error, ErrorKind, Result};

/// Our statement that opens every object, present and future.
pub(super) const READ_SID: &str = "DipperPublicRead";
/// Our statement that opens the list of names, used where a server has no ACLs.
pub(super) const LIST_SID: &str = "DipperPublicList";

/// Stands for anything that a wildcard may be: no one would choose it, so only a wildcard covers it.
const ANY: &str = "\u{10FFFF}every\u{10FFFF}/\u{10FFFF}key";

/// The actions whose effect is known, by what they are done on, in lower case.
const ACTIONS: &[(&str, On, Deed)] = &[
    ("s3:listbucket", On::Bucket, Deed::List),
    ("s3:getobject", On::Object, Deed::Read),
    ("s3:putobject", On::Object, Deed::Write),
    ("s3:deleteobject", On::Object, Deed::Write),
    ("s3:deletebucket", On::Bucket, Deed::Write),
    ("s3:putobjectacl", On::Object, Deed::Permit),
    ("s3:putbucketacl", On::Bucket, Deed::Permit),
    ("s3:putbucketpolicy", On::Bucket, Deed::Permit),
    ("s3:deletebucketpolicy", On::Bucket, Deed::Permit),
];
/// How the names of the other actions that change something begin.
const WRITING: &[&str] = &[
    "s3:abort",
    "s3:bypass",
    "s3:create",
    "s3:delete",
    "s3:initiate",
    "s3:put",
    "s3:replicate",
    "s3:restore",
    "s3:update",
];

/// What an action is done on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum On {
    Bucket,
    Object,
}

impl On {
    fn of(resource: &str) -> Self {
        if resource.contains('/') {
            Self::Object
        } else {
            Self::Bucket
        }
    }
}

/// What of a bucket is opened by a statement of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Opening {
    Objects,
    List,
}

impl Opening {
    fn sid(self) -> &'static str {
        match self {
            Self::Objects => READ_SID,
            Self::List => LIST_SID,
        }
    }

    fn statement(self, bucket: &str) -> Value {
        let (action, resource) = match self {
            Self::Objects => ("s3:GetObject", format!("arn:aws:s3:::{bucket}/*")),
            Self::List => ("s3:ListBucket", format!("arn:aws:s3:::{bucket}")),
        };
        json!({
            "Sid": self.sid(),
            "Effect": "Allow",
            "Principal": { "AWS": ["*"] },
            "Action": [action],
            "Resource": [resource],
        })
    }
}

/// A policy that was read.
#[derive(Clone, Debug, Default)]
pub(super) struct Policy {
    document: Option<Map<String, Value>>,
}

impl Policy {
    /// Understands the text that a server keeps; no text is no policy.
    pub(super) fn parse(text: Option<&str>) -> Result<Self> {
        let Some(text) = text.filter(|text| !text.trim().is_empty()) else {
            return Ok(Self::default());
        };
        match serde_json::from_str(text) {
            Ok(Value::Object(document)) => Ok(Self {
                document: Some(document),
            }),
            Ok(_) => Err(unreadable()),
            Err(cause) => Err(unreadable().with_source(cause)),
        }
    }

    /// The text with a statement of ours in it, replacing an earlier one of the same name; everything else stays.
    pub(super) fn with(&self, bucket: &str, openings: &[Opening]) -> String {
        let mut document = self
            .document
            .clone()
            .unwrap_or_else(|| Map::from_iter([("Version".to_owned(), Value::from("2012-10-17"))]));
        let mut statements = self.statements();
        for opening in openings {
            statements.retain(|statement| sid(statement) != Some(opening.sid()));
            statements.push(opening.statement(bucket));
        }
        document.insert("Statement".to_owned(), Value::Array(statements));
        Value::Object(document).to_string()
    }

    /// The text without our statements; `None` when nothing is left and the policy should go.
    pub(super) fn without_ours(&self) -> Option<String> {
        let mut statements = self.statements();
        statements.retain(|statement| !is_ours(statement));
        if statements.is_empty() {
            return None;
        }
        let mut document = self.document.clone()?;
        document.insert("Statement".to_owned(), Value::Array(statements));
        Some(Value::Object(document).to_string())
    }

    /// Whether a statement of ours is in it.
    pub(super) fn has_ours(&self) -> bool {
        self.statements().iter().any(is_ours)
    }

    /// Whether anyone may do `action` (such as `s3:GetObject`) on `resource` (`bucket` or `bucket/key`): a statement allows
    /// it for everyone and none denies it. Statements that cannot be judged count as if they were not there.
    pub(super) fn lets_anyone(&self, action: &str, resource: &str) -> bool {
        self.applies("Allow", action, resource) && !self.applies("Deny", action, resource)
    }

    fn applies(&self, effect: &str, action: &str, resource: &str) -> bool {
        self.statements().iter().any(|statement| {
            statement["Effect"] == effect
                && is_for_anyone(statement)
                && judged(statement)
                && covers(statement, action, resource)
        })
    }

    /// Whether anyone may read every object, also those to come.
    pub(super) fn opens_all_objects(&self, bucket: &str) -> bool {
        self.lets_anyone("s3:GetObject", &format!("{bucket}/{ANY}"))
    }

    /// What anyone may do with a bucket and what is in it, or with one object, less what is denied to everyone.
    pub(super) fn strangers(&self, place: Place<'_>) -> Vec<Deed> {
        let mut deeds = Vec::new();
        for statement in self.statements().iter().filter(|statement| may_let_in(statement)) {
            let resources = touched(statement, place);
            if !judged(statement) {
                deeds.extend((!resources.is_empty()).then_some(Deed::Unclear));
                continue;
            }
            for resource in &resources {
                for pattern in strings(&statement["Action"]) {
                    self.add_deeds(pattern, resource, &mut deeds);
                }
            }
        }
        if let Place::Bucket(bucket) = place
            && !self.opens_all_objects(bucket)
        {
            let reads = deeds.iter_mut().filter(|deed| **deed == Deed::Read);
            reads.for_each(|deed| *deed = Deed::ReadSome);
        }
        deeds
    }

    /// What one pattern of actions allows on one resource. A pattern that is none of the actions known here is still
    /// something, and so is whatever else a wildcard covers.
    fn add_deeds(&self, pattern: &str, resource: &str, deeds: &mut Vec<Deed>) {
        let pattern = pattern.to_ascii_lowercase();
        let mut is_known = false;
        for (action, on, deed) in ACTIONS {
            if !matches(&pattern, action) {
                continue;
            }
            is_known = true;
            if *on == On::of(resource) && !self.applies("Deny", action, resource) {
                deeds.push(*deed);
            }
        }
        let is_wild = pattern.contains(['*', '?']);
        if (is_wild || !is_known) && !self.applies("Deny", &pattern, resource) {
            let writes = WRITING.iter().any(|verb| pattern.starts_with(verb));
            deeds.push(if writes { Deed::Write } else { Deed::Other });
        }
    }

    /// The statements other than ours that let anyone in, or may do so, in words.
    pub(super) fn others(&self) -> Vec<String> {
        let mut words = Vec::new();
        for (index, statement) in self.statements().iter().enumerate() {
            if is_ours(statement) || !may_let_in(statement) {
                continue;
            }
            let name = sid(statement).map_or_else(|| format!("number {}", index + 1), |sid| format!("“{sid}”"));
            let actions = strings(&statement["Action"]).join(", ");
            words.push(if judged(statement) {
                format!("Policy statement {name} lets anyone do {actions}")
            } else {
                format!("Policy statement {name} may let strangers in, under a condition")
            });
        }
        words
    }

    fn statements(&self) -> Vec<Value> {
        match self.document.as_ref().and_then(|document| document.get("Statement")) {
            Some(Value::Array(statements)) => statements.clone(),
            Some(Value::Object(one)) => vec![Value::Object(one.clone())],
            _ => Vec::new(),
        }
    }
}

/// The text with line breaks, for people.
pub(super) fn pretty(text: &str) -> String {
    serde_json::from_str::<Value>(text)
        .and_then(|value| serde_json::to_string_pretty(&value))
        .unwrap_or_else(|_| text.to_owned())
}

fn unreadable() -> Error {
    Error::new(
        ErrorKind::Corrupt,
        "GetBucketPolicy",
        "The server's bucket policy is not the JSON of a policy.",
    )
    .with_hint("Nothing was changed. Look at the policy with the tool that wrote it.")
}

fn sid(statement: &Value) -> Option<&str> {
    statement["Sid"].as_str()
}

fn is_ours(statement: &Value) -> bool {
    matches!(sid(statement), Some(READ_SID | LIST_SID))
}

fn has(statement: &Value, name: &str) -> bool {
    !statement[name].is_null()
}

fn judged(statement: &Value) -> bool {
    let conditions = statement["Condition"]
        .as_object()
        .is_some_and(|conditions| !conditions.is_empty());
    let plain = ["Action", "Resource"].iter().all(|name| has(statement, name));
    !conditions
        && plain
        && !["NotAction", "NotResource", "NotPrincipal"]
            .iter()
            .any(|name| has(statement, name))
}

fn is_for_anyone(statement: &Value) -> bool {
    let principal = &statement["Principal"];
    strings(principal).contains(&"*") || strings(&principal["AWS"]).contains(&"*")
}

fn may_let_in(statement: &Value) -> bool {
    statement["Effect"] == "Allow" && (is_for_anyone(statement) || has(statement, "NotPrincipal"))
}

/// Of the bucket and what is in it, or of the object, what a statement is about: wildcards as [`ANY`], so that what is
/// denied only to a part of it does not count as denied.
fn touched(statement: &Value, place: Place<'_>) -> Vec<String> {
    if !has(statement, "Resource") {
        return match place {
            Place::Bucket(bucket) => vec![bucket.to_owned(), format!("{bucket}/{ANY}")],
            Place::Object(bucket, key) => vec![format!("{bucket}/{key}")],
        };
    }
    let patterns = strings(&statement["Resource"]);
    let mut patterns = patterns.iter().filter_map(|pattern| match *pattern {
        "*" => Some("*"),
        arn => resource_part(arn),
    });
    match place {
        Place::Object(bucket, key) => {
            let object = format!("{bucket}/{key}");
            let covered = patterns.any(|pattern| matches(pattern, &object));
            covered.then_some(object).into_iter().collect()
        }
        Place::Bucket(bucket) => patterns.flat_map(|pattern| in_bucket(pattern, bucket)).collect(),
    }
}

/// What a pattern covers of a bucket: itself, and something in it.
fn in_bucket(pattern: &str, bucket: &str) -> Vec<String> {
    let mut covered = Vec::new();
    if matches(pattern, bucket) {
        covered.push(bucket.to_owned());
    }
    match pattern.split_once('/') {
        Some((head, rest)) if matches(head, bucket) => {
            covered.push(format!("{bucket}/{}", rest.replace(['*', '?'], ANY)));
        }
        None if matches(pattern, &format!("{bucket}/{ANY}")) => covered.push(format!("{bucket}/{ANY}")),
        _ => {}
    }
    covered
}

fn covers(statement: &Value, action: &str, resource: &str) -> bool {
    let action = action.to_ascii_lowercase();
    let for_action = strings(&statement["Action"])
        .iter()
        .any(|pattern| matches(&pattern.to_ascii_lowercase(), &action));
    let for_resource = strings(&statement["Resource"])
        .iter()
        .any(|pattern| *pattern == "*" || resource_part(pattern).is_some_and(|pattern| matches(pattern, resource)));
    for_action && for_resource
}

/// `bucket/key*` of `arn:aws:s3:::bucket/key*`; region and account may stand between the colons.
fn resource_part(arn: &str) -> Option<&str> {
    let rest = arn.strip_prefix("arn:")?;
    let mut fields = rest.splitn(5, ':');
    let service = fields.by_ref().nth(1)?;
    let name = fields.nth(2)?;
    (service == "s3").then_some(name)
}

fn strings(value: &Value) -> Vec<&str> {
    match value {
        Value::String(one) => vec![one],
        Value::Array(many) => many.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// Whether `text` fits `pattern`, where `*` is any characters and `?` is one.
fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(c) if *c == '?' || *c == text[t] => (p, t) = (p + 1, t + 1),
            _ => {
                let Some((back, from)) = star else { return false };
                star = Some((back, from + 1));
                (p, t) = (back + 1, from + 1);
            }
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use proptest::prelude::*;

    use super::*;

    const FOREIGN: &str = r#"{"Version":"2012-10-17","Id":"theirs","Statement":[
        {"Sid":"Partner","Effect":"Allow","Principal":{"AWS":["arn:aws:iam:::user/bob"]},"Action":"s3:PutObject","Resource":"arn:aws:s3:::photos/in/*"}]}"#;

    fn policy(text: &str) -> Policy {
        Policy::parse(Some(text)).unwrap()
    }

    #[test]
    fn our_statement_opens_all_objects_and_nothing_else() {
        let text = Policy::default().with("photos", &[Opening::Objects]);
        let policy = policy(&text);
        assert!(policy.opens_all_objects("photos"));
        assert!(policy.lets_anyone("s3:GetObject", "photos/a b/c"));
        assert!(!policy.lets_anyone("s3:ListBucket", "photos"));
        assert!(!policy.lets_anyone("s3:PutObject", "photos/a"));
        assert!(!policy.lets_anyone("s3:GetObject", "photos-2/a"));
        assert_eq!(policy.without_ours(), None);
    }

    #[test]
    fn other_statements_stay_as_they_were_there_and_back() {
        let before: Value = serde_json::from_str(FOREIGN).unwrap();
        let with = policy(FOREIGN).with("photos", &[Opening::Objects, Opening::List]);
        let twice = policy(&with).with("photos", &[Opening::Objects]);
        assert_eq!(policy(&twice).statements().len(), 3);
        let after: Value = serde_json::from_str(&policy(&twice).without_ours().unwrap()).unwrap();
        assert_eq!(after, before);
    }

    #[test]
    fn a_single_statement_without_a_list_is_understood() {
        let text = r#"{"Statement":{"Effect":"Allow","Principal":"*","Action":"s3:Get*","Resource":"arn:aws:s3:::photos/pub/*"}}"#;
        let policy = policy(text);
        assert!(policy.lets_anyone("s3:GetObject", "photos/pub/a"));
        assert!(!policy.lets_anyone("s3:GetObject", "photos/other"));
        assert!(!policy.opens_all_objects("photos"));
        assert_eq!(policy.others(), ["Policy statement number 1 lets anyone do s3:Get*"]);
    }

    #[test]
    fn a_denial_for_everyone_outweighs() {
        let text = r#"{"Statement":[
            {"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::p","arn:aws:s3:::p/*"]},
            {"Effect":"Deny","Principal":{"AWS":"*"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::p/secret/*"}]}"#;
        assert!(policy(text).lets_anyone("s3:GetObject", "p/a"));
        assert!(!policy(text).lets_anyone("s3:GetObject", "p/secret/a"));
        assert!(policy(text).lets_anyone("s3:ListBucket", "p"));
    }

    #[test]
    fn every_statement_for_anyone_is_a_deed() {
        let of = |action: &str, resource: &str| {
            let statement = format!(r#""Effect":"Allow","Principal":"*","Action":"{action}","Resource":"{resource}""#);
            policy(&format!(r#"{{"Statement":{{{statement}}}}}"#)).strangers(Place::Bucket("p"))
        };
        for (action, resource, deed) in [
            ("s3:GetObject", "arn:aws:s3:::p/*", Deed::Read),
            ("s3:GetObject", "*", Deed::Read),
            ("s3:GetObject", "arn:aws:s3:::p*", Deed::Read),
            ("s3:GetObject", "arn:aws:s3:::p/pub/*", Deed::ReadSome),
            ("s3:GetObject", "arn:aws:s3:::p/a.txt", Deed::ReadSome),
            ("s3:ListBucket", "arn:aws:s3:::p", Deed::List),
            ("s3:DeleteObject", "arn:aws:s3:::p/in/*", Deed::Write),
            ("s3:DeleteObjectVersion", "arn:aws:s3:::p/*", Deed::Write),
            ("s3:PutLifecycleConfiguration", "arn:aws:s3:::p", Deed::Write),
            ("s3:PutBucketPolicy", "arn:aws:s3:::p", Deed::Permit),
            ("s3:PutObjectAcl", "arn:aws:s3:::p/*", Deed::Permit),
            ("s3:GetBucketAcl", "arn:aws:s3:::p", Deed::Other),
            ("s3:GetObjectVersion", "arn:aws:s3:::p/*", Deed::Other),
        ] {
            assert_eq!(of(action, resource), [deed], "{action} {resource}");
        }
        let everything = of("*", "*");
        for deed in [Deed::List, Deed::Read, Deed::Write, Deed::Permit, Deed::Other] {
            assert!(everything.contains(&deed), "{deed:?}");
        }
        assert!(of("s3:GetObject", "arn:aws:s3:::q/*").is_empty());
        assert!(of("s3:GetObject", "arn:aws:s3:::p").is_empty());
    }

    #[test]
    fn what_is_denied_to_everyone_is_no_deed_unless_it_is_denied_in_part() {
        let with = |denied: &str| {
            let deny = format!(r#"{{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"{denied}"}}"#);
            let allow =
                r#"{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::p/pub/*"}"#;
            policy(&format!(r#"{{"Statement":[{allow},{deny}]}}"#)).strangers(Place::Bucket("p"))
        };
        assert!(with("arn:aws:s3:::p/*").is_empty());
        assert_eq!(with("arn:aws:s3:::p/pub/secret/*"), [Deed::ReadSome]);
    }

    #[test]
    fn what_cannot_be_judged_is_said_and_not_counted() {
        for part in [
            r#""Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}},"Action":"s3:GetObject","Resource":"*""#,
            r#""NotAction":"s3:PutObject","Resource":"*""#,
            r#""Action":"s3:GetObject","NotResource":"arn:aws:s3:::p/x""#,
        ] {
            let policy = policy(&format!(
                r#"{{"Statement":[{{"Sid":"S","Effect":"Allow","Principal":"*",{part}}}]}}"#
            ));
            assert!(!policy.lets_anyone("s3:GetObject", "p/a"), "{part}");
            assert_eq!(
                policy.strangers(Place::Bucket("p")).first(),
                Some(&Deed::Unclear),
                "{part}"
            );
            assert_eq!(policy.strangers(Place::Object("p", "a")), [Deed::Unclear], "{part}");
            assert_eq!(
                policy.others(),
                ["Policy statement “S” may let strangers in, under a condition"]
            );
        }
    }

    #[test]
    fn text_that_is_no_policy_is_refused() {
        for text in ["[]", "{", "<Error/>"] {
            assert_eq!(Policy::parse(Some(text)).unwrap_err().kind(), ErrorKind::Corrupt);
        }
        assert!(Policy::parse(Some("  ")).unwrap().without_ours().is_none());
    }

    proptest! {
        #[test]
        fn patterns_match_like_the_plain_definition(pattern in "[ab*?]{0,8}", text in "[ab]{0,8}") {
            fn plain(pattern: &[u8], text: &[u8]) -> bool {
                match (pattern.first(), text.first()) {
                    (None, None) => true,
                    (Some(b'*'), _) => plain(&pattern[1..], text) || (!text.is_empty() && plain(pattern, &text[1..])),
                    (Some(b'?'), Some(_)) => plain(&pattern[1..], &text[1..]),
                    (Some(a), Some(b)) if a == b => plain(&pattern[1..], &text[1..]),
                    _ => false,
                }
            }
            prop_assert_eq!(matches(&pattern, &text), plain(pattern.as_bytes(), text.as_bytes()));
        }
    }
}
