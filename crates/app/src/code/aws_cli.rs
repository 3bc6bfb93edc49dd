//! The aws command. It takes the reader's own profile; the endpoint stands in each line so that a line can be copied alone.

use super::boto3::more_note;
use super::quoting::shell;
use super::{CodeAction, Scene};
use crate::SignatureVersion;
use crate::links::LinkKind;

pub(super) fn code(action: CodeAction, scene: &Scene) -> String {
    let lines = lines(action, scene);
    format!("# keys come from your own profile\n{}\n", lines.join("\n"))
}

pub(super) fn note(action: CodeAction, scene: &Scene) -> Option<String> {
    let link = scene.link.as_ref().filter(|_| action == CodeAction::Link);
    match link {
        Some(link) if link.kind == LinkKind::Public => Some("A public link needs no command: copy it.".to_owned()),
        Some(link) if link.style == SignatureVersion::V2 => {
            Some("aws cli signs with V4 unless your profile says signature_version = s3.".to_owned())
        }
        Some(link) if link.with_project_id && scene.project_id.is_some() => {
            Some("aws cli refuses a Project ID in a bucket name. It signs the plain name; Copy link gives the one shown here.".to_owned())
        }
        _ => more_note(scene),
    }
}

fn lines(action: CodeAction, scene: &Scene) -> Vec<String> {
    let bucket = shell(&scene.bucket);
    let one = |rest: &str| vec![command(scene, rest)];
    match action {
        CodeAction::Link => match scene.link.as_ref() {
            Some(link) if link.kind == LinkKind::Public => vec![format!("curl -fsS {}", shell(&link.plain))],
            link => {
                let seconds = link.map_or(3_600, |link| link.seconds);
                each(scene, |key| {
                    format!("s3 presign {} --expires-in {seconds}", address(scene, key))
                })
            }
        },
        CodeAction::ListBuckets => one("s3api list-buckets"),
        CodeAction::CreateBucket => {
            let place = scene.location.as_ref().map_or_else(String::new, |place| {
                format!(
                    " --create-bucket-configuration {}",
                    shell(&format!("LocationConstraint={place}"))
                )
            });
            one(&format!("s3api create-bucket --bucket {bucket}{place}"))
        }
        CodeAction::DeleteBucket => one(&format!("s3api delete-bucket --bucket {bucket}")),
        CodeAction::ListObjects => one(&format!(
            "s3api list-objects-v2 --bucket {bucket} --prefix {}",
            shell(scene.key())
        )),
        CodeAction::PutText => {
            let put = command(
                scene,
                &format!(
                    "s3 cp - {}{}",
                    address(scene, scene.key()),
                    described(scene, &scene.content_type)
                ),
            );
            vec![format!("printf %s {} | {put}", shell(&scene.text))]
        }
        CodeAction::Upload => files(scene, |file, key| {
            let described = described(scene, dipper_transfer::content_type_of(key));
            format!("s3 cp {} {}{described}", local(file), address(scene, key))
        }),
        CodeAction::Download if scene.files.is_empty() => {
            one(&format!("s3 cp --recursive {} .", address(scene, &scene.prefix)))
        }
        CodeAction::Download => files(scene, |file, key| {
            format!("s3 cp {} {}", address(scene, key), local(file))
        }),
        CodeAction::DeleteObjects if scene.keys.is_empty() => {
            one(&format!("s3 rm --recursive {}", address(scene, &scene.prefix)))
        }
        CodeAction::DeleteObjects => each(scene, |key| {
            format!("s3api delete-object --bucket {bucket} --key={}", value(key))
        }),
        CodeAction::MakePublic => acl(scene, "public-read"),
        CodeAction::MakePrivate => acl(scene, "private"),
    }
}

/// Content type and access of what is written, where they are sent.
fn described(scene: &Scene, content_type: &str) -> String {
    let mut options = String::new();
    if !content_type.is_empty() {
        options = format!(" --content-type {}", shell(content_type));
    }
    if let Some(acl) = scene.acl {
        options = format!("{options} --acl {}", acl.as_str());
    }
    options
}

fn files(scene: &Scene, rest: impl Fn(&str, &str) -> String) -> Vec<String> {
    let lines = scene.files.iter().map(|(file, key)| command(scene, &rest(file, key)));
    lines.collect()
}

fn acl(scene: &Scene, canned: &str) -> Vec<String> {
    let bucket = shell(&scene.bucket);
    if scene.is_for_bucket() {
        return vec![command(
            scene,
            &format!("s3api put-bucket-acl --bucket {bucket} --acl {canned}"),
        )];
    }
    if scene.keys.is_empty() {
        let list = command(
            scene,
            &format!(
                "s3api list-objects-v2 --bucket {bucket} --prefix {} --query 'Contents[].[Key]' --output text",
                shell(&scene.prefix)
            ),
        );
        let put = command(
            scene,
            &format!("s3api put-object-acl --bucket {bucket} --key=\"$key\" --acl {canned}"),
        );
        return vec![format!("{list} |\n  while IFS= read -r key; do\n    {put}\n  done")];
    }
    each(scene, |key| {
        format!(
            "s3api put-object-acl --bucket {bucket} --key={} --acl {canned}",
            value(key)
        )
    })
}

fn each(scene: &Scene, rest: impl Fn(&str) -> String) -> Vec<String> {
    scene.keys.iter().map(|key| command(scene, &rest(key))).collect()
}

fn command(scene: &Scene, rest: &str) -> String {
    let region = shell(&scene.region);
    if scene.amazon {
        return format!("aws --region {region} {rest}");
    }
    format!("aws --endpoint-url {} --region {region} {rest}", shell(&scene.endpoint))
}

fn address(scene: &Scene, key: &str) -> String {
    shell(&format!("s3://{}/{key}", scene.bucket))
}

/// A value after `=`, so that a leading dash is not taken for an option.
fn value(text: &str) -> String {
    shell(text)
}

/// A file's name that the command takes for a file: not an option, not `-`.
fn local(file: &str) -> String {
    if file.starts_with('-') {
        shell(&format!("./{file}"))
    } else {
        shell(file)
    }
}
