//! Each question that is asked after every row, seen to be answered with no.

use dipper_storage::{ObjectVersion, PutOptions};

use crate::support::{MIB, SMALL, World, key, on_local};

/// A world after one upload and one download that went well, and the upload's job.
async fn after_good_jobs(world: &mut World) -> (dipper_transfer::JobSnapshot, dipper_transfer::JobSnapshot) {
    let source = world.source("up", SMALL);
    world.object("down", SMALL).await;
    let down = world.run(world.download(&[("down", SMALL)])).await;
    world.all_done(&down).await;
    let up = world.run(world.upload(&[source])).await;
    world.all_done(&up).await;
    (up, down)
}

#[test]
fn the_oracle_objects_to_everything_that_must_not_happen() {
    on_local(async |world| {
        let (up, down) = after_good_jobs(world).await;
        let whole = std::fs::read(world.down().join("down")).unwrap();

        world.put_directly("up", b"corrupted").await;
        assert!(world.judge(&up).await.concat().contains("holds what nobody sent"));
        let gone = ObjectVersion::from(key("up"));
        world.direct.delete_version(&world.bucket, &gone).await.unwrap();
        assert!(world.judge(&up).await.concat().contains("done and not there"));
        world.objects.remove("up");
        assert_eq!(world.judge(&up).await, Vec::<String>::new());

        let (bucket, ours) = (world.bucket.clone(), key("ours"));
        let options = PutOptions::default();
        let upload = world
            .direct
            .create_multipart_upload(&bucket, &ours, &options)
            .await
            .unwrap();
        assert!(world.judge(&up).await.concat().contains("unfinished uploads of ours"));
        world
            .direct
            .abort_multipart_upload(&bucket, &ours, &upload)
            .await
            .unwrap();

        std::fs::write(world.down().join(".x.dipper-part"), "").unwrap();
        assert!(world.judge(&down).await.concat().contains("should not be there"));
        std::fs::remove_file(world.down().join(".x.dipper-part")).unwrap();
        std::fs::write(world.down().join("down"), &whole[1..]).unwrap();
        assert!(world.judge(&down).await.concat().contains("not like this"));
        std::fs::remove_file(world.down().join("down")).unwrap();
        assert!(world.judge(&down).await.concat().contains("1 done and 0 whole files"));
        std::fs::write(world.down().join("down"), &whole).unwrap();
        assert_eq!(world.judge(&down).await, Vec::<String>::new());

        world.put_directly("foreign/object", b"ours").await;
        std::fs::remove_file(world.down().join(".other.part")).unwrap();
        let mut stuck = down.clone();
        stuck.items_done = 0;
        let complaints = world.judge(&stuck).await.concat();
        for wanted in ["foreign/object", "a foreign file is gone", "stuck"] {
            assert!(complaints.contains(wanted), "{complaints}");
        }
        assert!(whole.len() < MIB);
    });
}
