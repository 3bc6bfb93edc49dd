//! curl, which signs with V4 by itself (`--aws-sigv4`). The key pair comes from the reader's environment.

use super::boto3::more_note;
use super::quoting::{path, shell};
use super::{CodeAction, Scene};
use crate::SignatureVersion;
use crate::links::LinkKind;

pub(super) fn code(action: CodeAction, scene: &Scene) -> String {
    if let Some(link) = scene.link.as_ref().filter(|_| action == CodeAction::Link) {
        return match link.kind {
            LinkKind::Public => format!(
                "# no keys needed, the object is public\ncurl -fsS {}\n",
                shell(&link.plain)
            ),
            LinkKind::Expiring => expiring(scene),
        };
    }
    let lines = lines(action, scene);
    format!("# keys come from your own environment\n{}\n", lines.join("\n"))
}

pub(super) fn note(action: CodeAction, scene: &Scene) -> Option<String> {
    let link = scene.link.as_ref().filter(|_| action == CodeAction::Link);
    match link {
        Some(link) if link.kind == LinkKind::Expiring => Some(
            "curl cannot make a link. This fetches the object with your own keys; Copy link gives the link shown here."
                .to_owned(),
        ),
        _ if scene.signature == SignatureVersion::V2 => {
            Some("curl signs with V4; this account is set to V2, so the server may refuse.".to_owned())
        }
        _ => more_note(scene),
    }
}

fn expiring(scene: &Scene) -> String {
    let lines: Vec<String> = scene
        .keys
        .iter()
        .map(|key| signed(scene, &format!("-O {}", url(scene, key, ""))))
        .collect();
    format!("# keys come from your own environment\n{}\n", lines.join("\n"))
}

fn lines(action: CodeAction, scene: &Scene) -> Vec<String> {
    let one = |rest: &str| vec![signed(scene, rest)];
    let bucket = |query: &str| url(scene, "", query);
    match action {
        CodeAction::Link => Vec::new(),
        CodeAction::ListBuckets => one(&shell(&format!("{}/", scene.endpoint))),
        CodeAction::CreateBucket => {
            let place = scene.location.as_ref().map_or_else(String::new, |place| {
                let body = format!(
                    "<CreateBucketConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
                     <LocationConstraint>{place}</LocationConstraint></CreateBucketConfiguration>"
                );
                format!("-H 'Content-Type: application/xml' --data-raw {} ", shell(&body))
            });
            one(&format!("-X PUT {place}{}", bucket("")))
        }
        CodeAction::DeleteBucket => one(&format!("-X DELETE {}", bucket(""))),
        CodeAction::ListObjects => {
            let prefix = path(scene.key()).replace('/', "%2F");
            one(&bucket(&format!("?list-type=2&prefix={prefix}")))
        }
        CodeAction::PutText => one(&format!(
            "-X PUT {}--data-raw {} {}",
            described(scene, &scene.content_type),
            shell(&scene.text),
            url(scene, scene.key(), "")
        )),
        CodeAction::Upload => files(scene, |name, key| {
            let described = described(scene, dipper_transfer::content_type_of(key));
            format!("{described}-T {} {}", file(name), url(scene, key, ""))
        }),
        CodeAction::Download => files(scene, |name, key| format!("-o {} {}", file(name), url(scene, key, ""))),
        CodeAction::DeleteObjects => each(scene, "-X DELETE", ""),
        CodeAction::MakePublic => acl(scene, "public-read"),
        CodeAction::MakePrivate => acl(scene, "private"),
    }
}

/// The headers of what is written. An empty `Content-Type:` keeps curl from sending one of its own.
fn described(scene: &Scene, content_type: &str) -> String {
    let kind = shell(format!("Content-Type: {content_type}").trim_end());
    let acl = scene.acl.map(|acl| format!("-H 'x-amz-acl: {}' ", acl.as_str()));
    format!("-H {kind} {}", acl.unwrap_or_default())
}

/// A line for each file; a folder is a line that says how to go about it.
fn files(scene: &Scene, options: impl Fn(&str, &str) -> String) -> Vec<String> {
    if scene.files.is_empty() {
        return each(scene, "", "");
    }
    let lines = scene.files.iter().map(|(name, key)| signed(scene, &options(name, key)));
    lines.collect()
}

fn acl(scene: &Scene, canned: &str) -> Vec<String> {
    let options = format!("-X PUT -H 'x-amz-acl: {canned}'");
    if scene.is_for_bucket() {
        return vec![signed(scene, &format!("{options} {}", url(scene, "", "?acl=")))];
    }
    each(scene, &options, "?acl=")
}

/// A line for each key; a folder is a line that says how to go about it.
fn each(scene: &Scene, options: &str, query: &str) -> Vec<String> {
    if scene.keys.is_empty() {
        return vec![
            "# curl works on one object at a time: list the folder first, then repeat this for each key".to_owned(),
        ];
    }
    scene
        .keys
        .iter()
        .map(|key| signed(scene, &format!("{options} {}", url(scene, key, query))))
        .collect()
}

/// curl normalises `/../` unless it is told not to.
fn signed(scene: &Scene, rest: &str) -> String {
    let provider = shell(&format!("aws:amz:{}:s3", scene.region));
    format!(
        "curl -fsS --path-as-is --aws-sigv4 {provider} \\\n  --user \"$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY\" \\\n  {rest}"
    )
}

/// A file's name that curl takes for a file: not an option, not `-`.
fn file(name: &str) -> String {
    if name.starts_with('-') {
        shell(&format!("./{name}"))
    } else {
        shell(name)
    }
}

fn url(scene: &Scene, key: &str, query: &str) -> String {
    let slash = if key.is_empty() { "" } else { "/" };
    shell(&format!(
        "{}/{}{slash}{}{query}",
        scene.endpoint,
        path(&scene.bucket),
        path(key)
    ))
}
