//! Python with boto3. It refuses a Project ID in a bucket's name, so snippets use the plain name and say so.

use dipper_storage::CannedAcl;

use super::quoting::python;
use super::{CodeAction, Scene, SceneLink};
use crate::SignatureVersion;
use crate::links::LinkKind;

pub(super) fn code(action: CodeAction, scene: &Scene) -> String {
    if action == CodeAction::Link
        && let Some(link) = scene.link.as_ref().filter(|link| link.kind == LinkKind::Public)
    {
        return format!(
            "# no keys needed, the object is public\nfrom urllib.request import urlopen\n\ndata = urlopen({}).read()\n",
            python(&link.plain)
        );
    }
    let style = scene.link.as_ref().map_or(scene.signature, |link| link.style);
    format!("{}\n{}", client(scene, style), call(action, scene))
}

pub(super) fn note(action: CodeAction, scene: &Scene) -> Option<String> {
    let link = scene.link.as_ref().filter(|_| action == CodeAction::Link);
    match link {
        Some(SceneLink { kind: LinkKind::Expiring, with_project_id: true, .. }) if scene.project_id.is_some() => Some(
            "boto3 refuses a Project ID in a bucket name. The snippet signs the plain name; Copy link gives the one shown here."
                .to_owned(),
        ),
        _ => more_note(scene),
    }
}

/// Says how many keys are not written out.
pub(super) fn more_note(scene: &Scene) -> Option<String> {
    (scene.more > 0).then(|| format!("{} more keys are not written out.", scene.more))
}

fn client(scene: &Scene, style: SignatureVersion) -> String {
    let signature = if style == SignatureVersion::V2 { "s3" } else { "s3v4" };
    let addressing = if scene.path_style { "path" } else { "auto" };
    let endpoint = if scene.amazon {
        String::new()
    } else {
        format!("    endpoint_url={},\n", python(&scene.endpoint))
    };
    format!(
        "# keys come from your own profile\nimport boto3\nfrom botocore.config import Config\n\ns3 = boto3.client(\n    \"s3\",\n{endpoint}    \
         region_name={},\n    config=Config(\n        signature_version=\"{signature}\",\n        s3={{\"addressing_style\": \"{addressing}\"}},\n        \
         request_checksum_calculation=\"when_required\",\n    ),\n)\n",
        python(&scene.region)
    )
}

fn call(action: CodeAction, scene: &Scene) -> String {
    let bucket = python(&scene.bucket);
    let key = python(scene.key());
    match action {
        CodeAction::Link => {
            let seconds = scene.link.as_ref().map_or(3_600, |link| link.seconds);
            each(
                scene,
                &format!(
                    "url = s3.generate_presigned_url(\n    \"get_object\",\n    Params={{\"Bucket\": {bucket}, \"Key\": key}},\n    ExpiresIn={seconds},\n)\nprint(url)"
                ),
            )
        }
        CodeAction::ListBuckets => {
            "for bucket in s3.list_buckets()[\"Buckets\"]:\n    print(bucket[\"Name\"], bucket[\"CreationDate\"])\n"
                .to_owned()
        }
        CodeAction::CreateBucket => match &scene.location {
            None => format!("s3.create_bucket(Bucket={bucket})\n"),
            Some(place) => format!(
                "s3.create_bucket(\n    Bucket={bucket},\n    CreateBucketConfiguration={{\"LocationConstraint\": {}}},\n)\n",
                python(place)
            ),
        },
        CodeAction::DeleteBucket => {
            format!("# only an empty bucket can be deleted\ns3.delete_bucket(Bucket={bucket})\n")
        }
        CodeAction::ListObjects => format!(
            "pages = s3.get_paginator(\"list_objects_v2\").paginate(Bucket={bucket}, Prefix={key})\nfor page in pages:\n    \
             for item in page.get(\"Contents\", []):\n        print(item[\"Key\"], item[\"Size\"], item[\"LastModified\"])\n"
        ),
        CodeAction::PutText => format!(
            "s3.put_object(\n    Bucket={bucket},\n    Key={key},\n    Body={}.encode(),\n{}{})\n",
            python(&scene.text),
            argument("ContentType", &scene.content_type),
            argument("ACL", scene.acl.map_or("", CannedAcl::as_str))
        ),
        CodeAction::Upload => files(scene, |file, key| {
            let mut extra = format!("\"ContentType\": {}", python(dipper_transfer::content_type_of(key)));
            if let Some(acl) = scene.acl {
                extra = format!("{extra}, \"ACL\": {}", python(acl.as_str()));
            }
            format!(
                "s3.upload_file({}, {bucket}, {}, ExtraArgs={{{extra}}})\n",
                python(file),
                python(key)
            )
        }),
        CodeAction::Download => files(scene, |file, key| {
            format!("s3.download_file({bucket}, {}, {})\n", python(key), python(file))
        }),
        CodeAction::DeleteObjects if scene.keys.is_empty() => below(scene, "s3.delete_object(Bucket=BUCKET, Key=key)"),
        CodeAction::DeleteObjects => each(scene, &format!("s3.delete_object(Bucket={bucket}, Key=key)")),
        CodeAction::MakePublic => acl(scene, "public-read"),
        CodeAction::MakePrivate => acl(scene, "private"),
    }
}

/// A line of a call, left out where there is nothing to say.
fn argument(name: &str, value: &str) -> String {
    if value.is_empty() {
        return String::new();
    }
    format!("    {name}={},\n", python(value))
}

/// A line for each file.
fn files(scene: &Scene, line: impl Fn(&str, &str) -> String) -> String {
    if scene.files.is_empty() {
        return "# choose objects: a folder has no content of its own\n".to_owned();
    }
    scene.files.iter().map(|(file, key)| line(file, key)).collect()
}

fn acl(scene: &Scene, canned: &str) -> String {
    let bucket = python(&scene.bucket);
    if scene.is_for_bucket() {
        return format!(
            "# on a bucket this is the list of names, not the objects\ns3.put_bucket_acl(Bucket={bucket}, ACL=\"{canned}\")\n"
        );
    }
    if scene.keys.is_empty() {
        return below(
            scene,
            &format!("s3.put_object_acl(Bucket=BUCKET, Key=key, ACL=\"{canned}\")"),
        );
    }
    each(
        scene,
        &format!("s3.put_object_acl(Bucket={bucket}, Key=key, ACL=\"{canned}\")"),
    )
}

/// The lines for one key, or in a loop over several.
fn each(scene: &Scene, lines: &str) -> String {
    if let [key] = scene.keys.as_slice() {
        return format!("key = {}\n{lines}\n", python(key));
    }
    let keys: Vec<String> = scene.keys.iter().map(|key| format!("    {},", python(key))).collect();
    let body: Vec<String> = lines.lines().map(|line| format!("    {line}")).collect();
    format!(
        "keys = [\n{}\n]\nfor key in keys:\n{}\n",
        keys.join("\n"),
        body.join("\n")
    )
}

/// The lines for everything below a folder.
fn below(scene: &Scene, lines: &str) -> String {
    let (bucket, prefix) = (python(&scene.bucket), python(&scene.prefix));
    format!(
        "BUCKET = {bucket}\npages = s3.get_paginator(\"list_objects_v2\").paginate(Bucket=BUCKET, Prefix={prefix})\nfor page in pages:\n    \
         for item in page.get(\"Contents\", []):\n        key = item[\"Key\"]\n        {lines}\n"
    )
}
