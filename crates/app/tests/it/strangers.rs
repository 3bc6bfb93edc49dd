//! What strangers may do, on a server that answers as it is told: what lets them in is never called private.

use std::sync::{Arc, Mutex};

use dipper_app::{Access, AccessBadge, ErrorKind, Mode, PublicLevel, PublicScope, SensitiveNames, Verdict};

use crate::support::{self, Scripted, draft, s3_error};
use crate::window::{QUIET, Window};

const KEY: &str = "a.txt";
const LIST: &str = "<ListBucketResult><Name>photos</Name><KeyCount>1</KeyCount><IsTruncated>false</IsTruncated>\
                    <Contents><Key>a.txt</Key><Size>1</Size></Contents></ListBucketResult>";
const OK: &str = "200 OK";
const FORBIDDEN: &str = "403 Forbidden";
const NOT_FOUND: &str = "404 Not Found";

/// What the server keeps, and what it answers a stranger.
#[derive(Clone)]
struct Kept {
    /// What everyone is granted on the bucket, as S3 spells it; `None` on a server without ACLs.
    bucket: Option<&'static str>,
    object: Option<&'static str>,
    policy: Result<Option<&'static str>, &'static str>,
    listing: &'static str,
    reading: &'static str,
    /// Once something was written, every signed request is refused with this code.
    broken_by_writing: Option<&'static str>,
    written: Vec<String>,
}

impl Default for Kept {
    fn default() -> Self {
        Self {
            bucket: Some(""),
            object: Some(""),
            policy: Ok(None),
            listing: FORBIDDEN,
            reading: FORBIDDEN,
            broken_by_writing: None,
            written: Vec::new(),
        }
    }
}

fn acl(everyone: Option<&str>) -> (&'static str, String) {
    let Some(right) = everyone else {
        return ("501 Not Implemented", s3_error("NotImplemented"));
    };
    let grant = |grantee: &str, right: &str| {
        let kind = "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type";
        format!("<Grant><Grantee {kind}={grantee}</Grantee><Permission>{right}</Permission></Grant>")
    };
    let owner = grant("\"CanonicalUser\"><ID>anna</ID>", "FULL_CONTROL");
    let all = "\"Group\"><URI>http://acs.amazonaws.com/groups/global/AllUsers</URI>";
    let public = if right.is_empty() {
        String::new()
    } else {
        grant(all, right)
    };
    let lists = format!("<AccessControlList>{owner}{public}</AccessControlList>");
    (
        OK,
        format!("<AccessControlPolicy><Owner><ID>anna</ID></Owner>{lists}</AccessControlPolicy>"),
    )
}

fn answer(line: &str, kept: &Mutex<Kept>) -> (&'static str, String) {
    let mut kept = kept.lock().unwrap();
    let (method, target) = line.split_once(' ').unwrap_or_default();
    let of_stranger = method == "GET" && !target.contains("?acl") && !target.contains("?policy");
    let of_stranger = of_stranger && !target.contains("list-type=2");
    if let Some(code) = kept
        .broken_by_writing
        .filter(|_| !kept.written.is_empty() && !of_stranger)
    {
        return (FORBIDDEN, s3_error(code));
    }
    match method {
        "PUT" | "DELETE" => {
            kept.written.push(line.to_owned());
            (OK, String::new())
        }
        _ if target.contains("?acl") && target.contains(KEY) => acl(kept.object),
        _ if target.contains("?acl") => acl(kept.bucket),
        _ if target.contains("?policy") => match kept.policy {
            Ok(Some(text)) => (OK, text.to_owned()),
            Ok(None) => (NOT_FOUND, s3_error("NoSuchBucketPolicy")),
            Err(code) => (FORBIDDEN, s3_error(code)),
        },
        _ if target.contains("list-type=2") => (OK, LIST.to_owned()),
        _ if target.contains(KEY) => (kept.reading, "x".to_owned()),
        _ if kept.listing == OK => (OK, LIST.to_owned()),
        _ => (kept.listing, s3_error("AccessDenied")),
    }
}

struct Stage {
    window: Window,
    kept: Arc<Mutex<Kept>>,
    _server: Scripted,
    _folder: tempfile::TempDir,
}

async fn stage(kept: Kept) -> Stage {
    let kept = Arc::new(Mutex::new(kept));
    let script = Arc::clone(&kept);
    let server = Scripted::start(move |line| answer(line, &script)).await;
    let (app, folder) = support::app().await;
    let account = app.save_account(draft(&server.address.to_string())).await.unwrap().id;
    Stage {
        window: Window { app, account },
        kept,
        _server: server,
        _folder: folder,
    }
}

impl Stage {
    async fn bucket_verdict(&self) -> Verdict {
        self.window
            .app
            .check_access(&self.window.bucket("photos"))
            .await
            .unwrap()
    }

    async fn bucket_badge(&self) -> AccessBadge {
        self.window
            .app
            .bucket_access(&self.window.account, "photos")
            .await
            .unwrap()
    }

    async fn object_verdict(&self) -> Verdict {
        let target = self.window.target("photos", "", &[KEY]).await;
        self.window.app.check_access(&target).await.unwrap()
    }

    async fn row_badge(&self) -> AccessBadge {
        let view = self.window.open("photos", "", Mode::Folders).await;
        let badges = self.window.app.row_access(&view, &[KEY.to_owned()]).await;
        badges.unwrap().remove(0)
    }
}

#[tokio::test]
async fn a_statement_for_a_part_of_the_bucket_makes_it_partly_public() {
    let pub_only = r#"{"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::photos/pub/*"}]}"#;
    let stage = stage(Kept {
        policy: Ok(Some(pub_only)),
        ..Kept::default()
    })
    .await;
    let verdict = stage.bucket_verdict().await;
    assert_eq!(
        (verdict.access, verdict.level),
        (Access::Partly, PublicLevel::Readable),
        "{verdict:?}"
    );
    assert_eq!(stage.bucket_badge().await.access, Access::Partly);
    assert_eq!(stage.row_badge().await.access, Access::Private);
}

#[tokio::test]
async fn whoever_may_delete_or_change_the_policy_may_write() {
    for action in ["s3:DeleteObject", "s3:PutBucketPolicy", "s3:*"] {
        let text = format!(
            r#"{{"Statement":{{"Effect":"Allow","Principal":{{"AWS":"*"}},"Action":"{action}","Resource":["arn:aws:s3:::photos","arn:aws:s3:::photos/*"]}}}}"#
        );
        let stage = stage(Kept {
            policy: Ok(Some(text.leak())),
            ..Kept::default()
        })
        .await;
        let verdict = stage.bucket_verdict().await;
        assert_eq!(
            (verdict.access, verdict.level),
            (Access::Public, PublicLevel::Writable),
            "{action}"
        );
        assert_eq!(stage.bucket_badge().await.access, Access::Public, "{action}");
    }
}

#[tokio::test]
async fn rights_on_the_permissions_themselves_are_never_private() {
    let writes = stage(Kept {
        bucket: Some("WRITE_ACP"),
        object: Some("WRITE_ACP"),
        ..Kept::default()
    })
    .await;
    let verdict = writes.bucket_verdict().await;
    assert_eq!((verdict.access, verdict.level), (Access::Public, PublicLevel::Writable));
    assert_eq!(verdict.others, ["All users: Write permissions"]);
    assert_eq!(writes.bucket_badge().await.access, Access::Public);
    assert_eq!(writes.row_badge().await.access, Access::Public);
    assert_eq!(writes.object_verdict().await.level, PublicLevel::Writable);

    let reads = stage(Kept {
        bucket: Some("READ_ACP"),
        object: Some("READ_ACP"),
        ..Kept::default()
    })
    .await;
    let verdict = reads.bucket_verdict().await;
    assert_eq!(verdict.access, Access::Partly);
    assert_eq!(verdict.others, ["All users: Read permissions"]);
    assert_eq!(reads.bucket_badge().await.access, Access::Partly);
    assert_eq!(reads.row_badge().await.access, Access::Partly);
    assert_eq!(reads.object_verdict().await.access, Access::Partly);
}

#[tokio::test]
async fn a_condition_leaves_it_unknown() {
    let text = r#"{"Statement":[{"Sid":"Office","Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::photos/*","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}}]}"#;
    let stage = stage(Kept {
        policy: Ok(Some(text)),
        ..Kept::default()
    })
    .await;
    let verdict = stage.bucket_verdict().await;
    assert_eq!(verdict.access, Access::Unknown);
    assert!(
        verdict
            .others
            .iter()
            .any(|line| line.contains("“Office” may let strangers in")),
        "{verdict:?}"
    );
    assert_eq!(stage.bucket_badge().await.access, Access::Unknown);
    assert_eq!(stage.row_badge().await.access, Access::Unknown);
}

#[tokio::test]
async fn not_found_proves_nothing() {
    let public = stage(Kept {
        bucket: Some("READ"),
        object: Some("READ"),
        listing: NOT_FOUND,
        reading: NOT_FOUND,
        ..Kept::default()
    })
    .await;
    for verdict in [public.bucket_verdict().await, public.object_verdict().await] {
        assert_eq!(
            (verdict.access, verdict.proof.ok),
            (Access::Public, false),
            "{verdict:?}"
        );
        assert!(verdict.proof.text.contains("Project ID"), "{}", verdict.proof.text);
    }
    let private = stage(Kept {
        listing: NOT_FOUND,
        reading: NOT_FOUND,
        ..Kept::default()
    })
    .await;
    assert!(!private.object_verdict().await.proof.ok && !private.bucket_verdict().await.proof.ok);
}

#[tokio::test]
async fn a_policy_that_may_not_be_read_is_not_known_to_be_private() {
    let stage = stage(Kept {
        policy: Err("AccessDenied"),
        ..Kept::default()
    })
    .await;
    for badge in [stage.bucket_badge().await, stage.row_badge().await] {
        assert_eq!(badge.access, Access::Unknown);
        assert!(badge.reason.is_some_and(|reason| reason.contains("policy")));
    }
    let verdict = stage.bucket_verdict().await;
    assert_eq!(verdict.access, Access::Unknown);
    let bucket = stage.window.bucket("photos");
    let plan = stage
        .window
        .app
        .plan_make_private(&bucket, true, QUIET, "plan")
        .await
        .unwrap();
    assert!(plan.remaining[0].contains("could not be read"), "{:?}", plan.remaining);
    assert_eq!(plan.rows[2].now, "Not known");
    // Of this object a stranger was refused: that is known.
    assert_eq!(stage.object_verdict().await.access, Access::Private);
}

#[tokio::test]
async fn without_acls_nothing_can_be_left_private_and_the_rows_say_what_opens() {
    let stage = stage(Kept {
        bucket: None,
        object: None,
        ..Kept::default()
    })
    .await;
    let (app, bucket) = (&stage.window.app, stage.window.bucket("photos"));
    let existing = PublicScope {
        existing: true,
        ..PublicScope::default()
    };
    let error = app
        .plan_make_public(&bucket, existing, SensitiveNames::LeavePrivate, QUIET, "plan")
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.field()),
        (ErrorKind::InvalidInput, Some("leavePrivate"))
    );
    let plan = app
        .plan_make_public(&bucket, existing, SensitiveNames::Open, QUIET, "plan")
        .await
        .unwrap();
    let changes: Vec<&str> = plan
        .rows
        .iter()
        .filter(|row| row.changes)
        .map(|row| row.what.as_str())
        .collect();
    assert_eq!(changes, ["Read existing objects", "Read future objects"]);
}

#[tokio::test]
async fn a_change_that_was_made_is_no_failure_when_the_look_after_it_fails() {
    let stage = stage(Kept {
        broken_by_writing: Some("InvalidAccessKeyId"),
        ..Kept::default()
    })
    .await;
    let target = stage.window.target("photos", "", &[KEY]).await;
    let app = &stage.window.app;
    let plan = app
        .plan_make_public(&target, PublicScope::default(), SensitiveNames::Open, QUIET, "plan")
        .await
        .unwrap();
    let done = app.apply_access_plan(&plan.token).await.unwrap();
    assert_eq!(stage.kept.lock().unwrap().written.len(), 1);
    assert_eq!(done.verdict.unwrap_err().kind(), ErrorKind::InvalidCredentials);
}

#[tokio::test]
async fn making_a_bucket_private_always_asks() {
    let stage = stage(Kept::default()).await;
    let bucket = stage.window.bucket("photos");
    for existing in [false, true] {
        let plan = stage
            .window
            .app
            .plan_make_private(&bucket, existing, QUIET, "plan")
            .await
            .unwrap();
        assert!(plan.confirm, "{existing}");
    }
}
