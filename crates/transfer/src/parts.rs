//! How large parts are. One rule for uploads and downloads.

use dipper_storage::{MAX_PARTS, MAX_PUT_SIZE, MIN_PART_SIZE};

const MIB: u64 = 1024 * 1024;

/// From this size on an object goes up in parts, and comes down in ranges: 16 MiB.
pub const MULTIPART_THRESHOLD: u64 = 16 * MIB;

/// The size of a part where nothing asks for larger ones. Measured between 5 and 64 MiB it hardly moves the CPU time;
/// a small one loses less when a connection breaks.
const PART_SIZE: u64 = 8 * MIB;

/// The largest object that parts can make: 10,000 of 5 GiB, which is 48.8 TiB. Amazon takes that; others end at 5 TiB and
/// say so.
pub(crate) const LARGEST: u64 = MAX_PARTS as u64 * MAX_PUT_SIZE;

/// How an object is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartPlan {
    /// Bytes of each part; the last may be smaller.
    pub part_size: u64,
    /// How many there are; one means a single request.
    pub count: u32,
}

/// Cuts `size` bytes: in one piece below [`MULTIPART_THRESHOLD`], else in parts of at least 8 MiB, whole MiB, and at most
/// 10,000 of them.
pub fn parts_for(size: u64) -> PartPlan {
    if size < MULTIPART_THRESHOLD {
        return PartPlan {
            part_size: size,
            count: 1,
        };
    }
    let part_size = size.div_ceil(u64::from(MAX_PARTS)).next_multiple_of(MIB).max(PART_SIZE);
    let count = u32::try_from(size.div_ceil(part_size)).unwrap_or(MAX_PARTS);
    PartPlan { part_size, count }
}

/// Cuts an object that a server copies by itself: an eighth of the size from which on it is cut, since no byte passes by
/// here, and at most 10,000 parts.
pub(crate) fn copy_parts_for(size: u64, cut_from: u64) -> PartPlan {
    let least = (cut_from / 8).max(MIN_PART_SIZE).next_multiple_of(MIB);
    let part_size = size.div_ceil(u64::from(MAX_PARTS)).next_multiple_of(MIB).max(least);
    let count = u32::try_from(size.div_ceil(part_size)).unwrap_or(MAX_PARTS).max(1);
    PartPlan { part_size, count }
}

impl PartPlan {
    /// All of it in one request.
    pub(crate) fn whole(size: u64) -> Self {
        Self {
            part_size: size,
            count: 1,
        }
    }

    /// Where part `index` (from 0) of an object of `size` bytes begins, and how long it is.
    pub fn range(&self, index: u32, size: u64) -> (u64, u64) {
        let offset = u64::from(index) * self.part_size;
        (offset, self.part_size.min(size.saturating_sub(offset)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn objects_below_the_threshold_go_in_one_piece() {
        assert_eq!(parts_for(0), PartPlan { part_size: 0, count: 1 });
        assert_eq!(parts_for(16 * MIB - 1).count, 1);
        assert_eq!(
            parts_for(16 * MIB),
            PartPlan {
                part_size: 8 * MIB,
                count: 2
            }
        );
        assert_eq!(parts_for(80_000 * MIB).part_size, 8 * MIB);
        assert_eq!(parts_for(80_000 * MIB + 1).part_size, 9 * MIB);
    }

    /// Sizes of every magnitude, and the limits themselves.
    fn sizes() -> impl Strategy<Value = u64> {
        prop_oneof![
            (0_u32..46).prop_flat_map(|bits| (1_u64 << bits)..=LARGEST.min(2 << bits)),
            0..=LARGEST,
            Just(0),
            Just(LARGEST),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]
        #[test]
        fn l14_parts_cover_every_byte_once_within_the_limits(size in sizes()) {
            let plan = parts_for(size);
            prop_assert!((1..=MAX_PARTS).contains(&plan.count) && plan.part_size <= MAX_PUT_SIZE);
            if plan.count > 1 {
                prop_assert!(plan.part_size >= MIN_PART_SIZE && plan.part_size.is_multiple_of(MIB));
            }
            let mut at = 0;
            for index in 0..plan.count {
                let (offset, length) = plan.range(index, size);
                prop_assert!(offset == at && (length > 0 || size == 0));
                prop_assert!(length == plan.part_size || index + 1 == plan.count);
                at += length;
            }
            prop_assert_eq!(at, size);
        }
    }
}
