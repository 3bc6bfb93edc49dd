//! Bucket policies, as far as they concern strangers.
//!
//! The owner's own signed requests are never limited by a policy, like those of an account's root user when it repairs
//! one. What is evaluated are unsigned requests: an explicit Deny refuses, an Allow permits, otherwise the ACL decides.
//!
//! A policy that this program could apply only in part is refused when it is put, with the reason, never half applied:
//! conditions, other principals than everyone, exceptions (`NotAction`, …), policy variables, other buckets' resources,
//! and an Allow that names a change, because unsigned requests never change anything here. `s3:*` is taken, and
//! permits everything that only reads.

use s3s::{S3Error, S3ErrorCode, S3Result};
use serde::Deserialize;

/// S3's own limit.
const MAX_LENGTH: usize = 20 * 1024;

/// What changes something; an Allow that names one of these is refused.
const CHANGING: [&str; 13] = [
    "s3:PutObject",
    "s3:DeleteObject",
    "s3:DeleteObjectVersion",
    "s3:PutObjectAcl",
    "s3:PutObjectTagging",
    "s3:AbortMultipartUpload",
    "s3:CreateBucket",
    "s3:DeleteBucket",
    "s3:PutBucketAcl",
    "s3:PutBucketPolicy",
    "s3:DeleteBucketPolicy",
    "s3:PutBucketVersioning",
    "s3:PutLifecycleConfiguration",
];

/// What a policy says about one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// A statement denies it.
    Denied,
    /// A statement allows it and none denies it.
    Allowed,
    /// No statement speaks of it.
    Silent,
}

/// A policy that can be applied faithfully.
#[derive(Debug)]
pub(crate) struct Policy {
    statements: Vec<Statement>,
}

#[derive(Debug)]
struct Statement {
    effect: Effect,
    actions: Vec<String>,
    /// Patterns of what follows `arn:aws:s3:::`.
    resources: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
enum Effect {
    Allow,
    Deny,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Document {
    version: Option<String>,
    #[serde(rename = "Id")]
    _id: Option<String>,
    statement: OneOrMany<RawStatement>,
}

/// Fields missing here are refused by serde by their name.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct RawStatement {
    #[serde(rename = "Sid")]
    _sid: Option<String>,
    effect: Effect,
    principal: Principal,
    action: OneOrMany<String>,
    resource: OneOrMany<String>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Principal {
    Name(String),
    Aws(AwsPrincipal),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AwsPrincipal {
    #[serde(rename = "AWS")]
    aws: OneOrMany<String>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum OneOrMany<T> {
    One(T),
    Many(Vec<T>),
}

impl<T> OneOrMany<T> {
    fn into_vec(self) -> Vec<T> {
        match self {
            Self::One(one) => vec![one],
            Self::Many(many) => many,
        }
    }
}

impl Policy {
    /// Parses a policy about to be put on `bucket`, or one that was accepted before.
    pub(crate) fn parse(text: &str, tenant: &str, bucket: &str) -> S3Result<Self> {
        if text.len() > MAX_LENGTH {
            return Err(malformed("A policy has at most 20 KiB."));
        }
        let document: serde_json::Value =
            serde_json::from_str(text).map_err(|_| malformed("A policy is a JSON document."))?;
        let document: Document = serde_json::from_value(name_what_is_not_supported(document)?).map_err(|_| {
            malformed("A policy has Version and Statement; a statement Effect, Principal, Action and Resource.")
        })?;
        if !matches!(document.version.as_deref(), None | Some("2012-10-17" | "2008-10-17")) {
            return Err(malformed("The version of a policy is 2012-10-17."));
        }
        let statements = document.statement.into_vec();
        if statements.is_empty() {
            return Err(malformed("A policy has at least one statement."));
        }
        let statements = statements
            .into_iter()
            .map(|raw| Statement::checked(raw, tenant, bucket));
        Ok(Self {
            statements: statements.collect::<S3Result<_>>()?,
        })
    }

    /// Judges an unsigned request for `action` on a bucket, or on a key in it.
    pub(crate) fn judge(&self, action: &str, bucket: &str, key: Option<&str>) -> Verdict {
        let resource = key.map_or_else(|| bucket.to_owned(), |key| format!("{bucket}/{key}"));
        let mut verdict = Verdict::Silent;
        for statement in self
            .statements
            .iter()
            .filter(|statement| statement.covers(action, &resource))
        {
            match statement.effect {
                Effect::Deny => return Verdict::Denied,
                Effect::Allow => verdict = Verdict::Allowed,
            }
        }
        verdict
    }

    /// Whether it opens anything to everyone.
    pub(crate) fn is_public(&self) -> bool {
        self.statements
            .iter()
            .any(|statement| statement.effect == Effect::Allow)
    }
}

impl Statement {
    fn checked(raw: RawStatement, tenant: &str, bucket: &str) -> S3Result<Self> {
        let everyone = match raw.principal {
            Principal::Name(name) => name == "*",
            Principal::Aws(principal) => {
                let names = principal.aws.into_vec();
                !names.is_empty() && names.iter().all(|name| name == "*")
            }
        };
        if !everyone {
            return Err(malformed(
                "Local storage knows only the principal \"*\": there are no other users here.",
            ));
        }
        let actions = raw.action.into_vec();
        let resources = raw.resource.into_vec();
        if actions.is_empty() || resources.is_empty() {
            return Err(malformed("A statement names at least one action and one resource."));
        }
        for action in &actions {
            check_action(action, raw.effect)?;
        }
        let resources = resources.iter().map(|resource| in_bucket(resource, tenant, bucket));
        Ok(Self {
            effect: raw.effect,
            actions,
            resources: resources.collect::<S3Result<_>>()?,
        })
    }

    fn covers(&self, action: &str, resource: &str) -> bool {
        let action = action.to_ascii_lowercase();
        self.actions
            .iter()
            .any(|pattern| matches_pattern(&pattern.to_ascii_lowercase(), &action))
            && self.resources.iter().any(|pattern| matches_pattern(pattern, resource))
    }
}

fn malformed(message: &'static str) -> S3Error {
    S3Error::with_message(S3ErrorCode::MalformedPolicy, message)
}

/// Says plainly which element is too much, where serde would only say that one is unknown.
fn name_what_is_not_supported(document: serde_json::Value) -> S3Result<serde_json::Value> {
    let statements = match document.get("Statement") {
        Some(serde_json::Value::Array(many)) => many.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    let unsupported = [
        ("Condition", "Local storage cannot evaluate conditions in a policy."),
        ("NotAction", "Local storage does not support NotAction in a policy."),
        ("NotResource", "Local storage does not support NotResource in a policy."),
        (
            "NotPrincipal",
            "Local storage does not support NotPrincipal in a policy.",
        ),
    ];
    for (name, message) in unsupported {
        if statements.iter().any(|statement| statement.get(name).is_some()) {
            return Err(malformed(message));
        }
    }
    Ok(document)
}

fn check_action(action: &str, effect: Effect) -> S3Result<()> {
    let lower = action.to_ascii_lowercase();
    if lower == "*" || lower == "s3:*" {
        return Ok(());
    }
    if !lower.starts_with("s3:") {
        return Err(malformed("An action begins with s3:."));
    }
    let changes = CHANGING
        .iter()
        .any(|name| matches_pattern(&lower, &name.to_ascii_lowercase()));
    if effect == Effect::Allow && changes {
        return Err(malformed(
            "Local storage never lets unsigned requests change anything; allow only what reads.",
        ));
    }
    Ok(())
}

/// The pattern behind the ARN prefix, if it lies in this bucket.
fn in_bucket(resource: &str, tenant: &str, bucket: &str) -> S3Result<String> {
    if resource.contains("${") {
        return Err(malformed("Local storage does not support policy variables."));
    }
    let with_tenant = format!("arn:aws:s3::{tenant}:");
    let pattern = resource
        .strip_prefix("arn:aws:s3:::")
        .or_else(|| resource.strip_prefix(&with_tenant));
    let rest = pattern.and_then(|pattern| pattern.strip_prefix(bucket));
    match (pattern, rest) {
        (Some(pattern), Some(rest)) if rest.is_empty() || rest.starts_with('/') || rest == "*" => {
            Ok(pattern.to_owned())
        }
        _ => Err(malformed(
            "Policy has invalid resource: it must be this bucket or a path in it.",
        )),
    }
}

/// Whether `text` matches `pattern`, where `*` stands for any text and `?` for one character.
fn matches_pattern(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    // Where to go back to when a guess for the last `*` was too short.
    let mut retry: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                retry = Some((p, t));
                p += 1;
            }
            Some(&c) if c == '?' || c == text[t] => {
                p += 1;
                t += 1;
            }
            _ => {
                let Some((star, from)) = retry else { return false };
                retry = Some((star, from + 1));
                p = star + 1;
                t = from + 1;
            }
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn statement(effect: &str, action: &str, resource: &str) -> String {
        format!(r#"{{"Effect":"{effect}","Principal":"*","Action":{action},"Resource":{resource}}}"#)
    }

    fn policy(statements: &[String]) -> S3Result<Policy> {
        let text = format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statements.join(","));
        Policy::parse(&text, "tenant", "photos")
    }

    #[test]
    fn patterns_match_like_shell_patterns() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("a*c", "abbc", true),
            ("a*c", "abbd", false),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("*a*b*", "xxaxxbxx", true),
            ("photos/*", "photos/a/b", true),
            ("photos/*", "photos", false),
            ("", "a", false),
        ] {
            assert_eq!(matches_pattern(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn allow_and_deny_are_weighed() {
        let policy = policy(&[
            statement("Allow", r#""s3:GetObject""#, r#""arn:aws:s3:::photos/*""#),
            statement("Deny", r#"["s3:*"]"#, r#"["arn:aws:s3:::photos/secret/*"]"#),
        ])
        .unwrap();
        assert_eq!(policy.judge("s3:GetObject", "photos", Some("a/b")), Verdict::Allowed);
        assert_eq!(
            policy.judge("s3:GetObject", "photos", Some("secret/b")),
            Verdict::Denied
        );
        assert_eq!(policy.judge("s3:ListBucket", "photos", None), Verdict::Silent);
        assert!(policy.is_public());
    }

    #[test]
    fn the_tenant_may_stand_in_the_resource() {
        let policy = policy(&[statement(
            "Allow",
            r#""s3:ListBucket""#,
            r#""arn:aws:s3::tenant:photos""#,
        )])
        .unwrap();
        assert_eq!(policy.judge("s3:ListBucket", "photos", None), Verdict::Allowed);
    }

    #[test]
    fn what_cannot_be_applied_whole_is_refused() {
        let condition = r#"{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::photos/*",
            "Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}}"#;
        let somebody = r#"{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam:::user/x"},"Action":"s3:GetObject",
            "Resource":"arn:aws:s3:::photos/*"}"#;
        let federated = r#"{"Effect":"Allow","Principal":{"AWS":"*","Federated":"x"},"Action":"s3:GetObject",
            "Resource":"arn:aws:s3:::photos/*"}"#;
        let unknown = r#"{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::photos/*",
            "Surprise":1}"#;
        let refused = [
            condition.to_owned(),
            somebody.to_owned(),
            federated.to_owned(),
            unknown.to_owned(),
            statement("Allow", r#""s3:PutObject""#, r#""arn:aws:s3:::photos/*""#),
            statement("Allow", r#""s3:Put*""#, r#""arn:aws:s3:::photos/*""#),
            statement("Allow", r#""ec2:Start""#, r#""arn:aws:s3:::photos/*""#),
            statement("Allow", r#""s3:GetObject""#, r#""arn:aws:s3:::photos2/*""#),
            statement("Allow", r#""s3:GetObject""#, r#""arn:aws:s3:::*""#),
            statement(
                "Allow",
                r#""s3:GetObject""#,
                r#""arn:aws:s3:::photos/${aws:username}/*""#,
            ),
            statement("Maybe", r#""s3:GetObject""#, r#""arn:aws:s3:::photos/*""#),
            statement("Allow", "[]", r#""arn:aws:s3:::photos/*""#),
        ];
        for text in refused {
            let error = policy(std::slice::from_ref(&text)).unwrap_err();
            assert_eq!(error.code(), &S3ErrorCode::MalformedPolicy, "{text}");
            assert!(error.message().is_some());
        }
        assert!(Policy::parse("not json", "tenant", "photos").is_err());
        assert!(policy(&[]).is_err());
    }

    #[test]
    fn everything_allowed_to_everyone_is_taken() {
        let all = r#"{"Sid":"x","Effect":"Allow","Principal":{"AWS":["*"]},"Action":"s3:*",
            "Resource":["arn:aws:s3:::photos","arn:aws:s3:::photos/*"]}"#;
        let policy = policy(&[all.to_owned()]).unwrap();
        for action in ["s3:GetObject", "s3:ListBucket", "s3:GetObjectAcl"] {
            assert_eq!(policy.judge(action, "photos", Some("x")), Verdict::Allowed);
        }
    }
}
