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
        CodeAction::CreateBucket => one(&format!("-X PUT {}", bucket(""))),
        CodeAction::DeleteBucket => one(&format!("-X DELETE {}", bucket(""))),
        CodeAction::ListObjects => {
            let prefix = path(scene.key()).replace('/', "%2F");
            one(&bucket(&format!("?list-type=2&prefix={prefix}")))
        }
        CodeAction::PutText => one(&format!(
            "-X PUT -H 'Content-Type: text/plain; charset=utf-8' --data-raw {} {}",
            shell(&scene.text),
            url(scene, scene.key(), "")
        )),
        CodeAction::Upload => one(&format!("-T {} {}", file(&scene.file), url(scene, scene.key(), ""))),
        CodeAction::Download => one(&format!("-o {} {}", file(&scene.file), url(scene, scene.key(), ""))),
        CodeAction::DeleteObjects => each(scene, "-X DELETE", ""),
        CodeAction::MakePublic => acl(scene, "public-read"),
        CodeAction::MakePrivate => acl(scene, "private"),
    }
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
