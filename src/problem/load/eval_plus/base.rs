//! Which inputs of EvalPlus's sets are those of the original set, where the records do not say so. EvalPlus makes the
//! form that is on Hugging Face from these and its own inputs, without duplicates, and those of the original set come
//! first. So all that is missing is their number.

use crate::value::Value;

/// How many different inputs HumanEval's own tests have, by the number of the problem.
#[rustfmt::skip]
const COUNTS: [u8; 164] = [
    7, 4, 3, 6, 3, 3, 3, 4, 5, 4, 5, 3, 3, 4, 3, 3, 5, 5, 4, 5, 5, 5,
    3, 3, 5, 8, 3, 3, 3, 2, 4, 12, 99, 7, 1, 2, 8, 3, 100, 10, 9, 5, 3, 9,
    12, 3, 4, 5, 7, 7, 100, 7, 6, 105, 7, 5, 12, 8, 4, 5, 5, 12, 5, 7, 7, 5,
    8, 7, 8, 25, 9, 9, 6, 8, 9, 4, 10, 9, 7, 4, 8, 6, 16, 5, 5, 4, 7, 6,
    7, 8, 6, 6, 10, 5, 9, 7, 10, 8, 7, 5, 5, 6, 8, 12, 4, 5, 4, 8, 8, 5,
    7, 7, 9, 3, 12, 5, 7, 7, 13, 12, 11, 7, 5, 4, 16, 8, 13, 8, 8, 10, 10, 7,
    14, 12, 10, 5, 11, 8, 8, 4, 5, 26, 11, 7, 12, 6, 7, 4, 7, 7, 10, 7, 4, 9,
    6, 8, 14, 11, 10, 6, 3, 8, 4, 4,
];

/// A short digest of these inputs, by the number of the problem.
#[rustfmt::skip]
const DIGESTS: [u32; 164] = [
    0x92f40d1d, 0xd0c2769e, 0x133ed52f, 0xbe9e89e6, 0xdd382798, 0x142f8b72, 0xc984dee2, 0x7ea5f91e,
    0xac64d3a1, 0x95906587, 0x2ccfe8fb, 0x13153f41, 0xb25946fe, 0xaaf250b3, 0x42ad4713, 0x1f458af5,
    0x4c441045, 0x05cdc665, 0x42363bde, 0xbefa8a49, 0x586927e4, 0xc4c3f6cc, 0xa2d0b531, 0xb86761df,
    0x2efeb8d2, 0xf121597a, 0x9fe6df83, 0x742db88b, 0xb9a0bd6d, 0xc332f0ff, 0x35f146f0, 0x42f4f979,
    0xc9a1f210, 0xf09b884f, 0xf854a481, 0xb506f21b, 0xcff00c7a, 0x77216d2c, 0x73759293, 0x891b0c25,
    0x3f7e660d, 0x4d588aab, 0x94664f56, 0x84f1f7f3, 0x238a4f8b, 0xad248a28, 0xc57f8f72, 0x98701287,
    0x100ffe67, 0x30e9df1b, 0xac207be5, 0xba4c008a, 0xe1681c6f, 0xd8d79904, 0x34aef9e4, 0xda416980,
    0x1db8083b, 0xbb67de7f, 0x6a90142c, 0xda11a18c, 0x89567f1a, 0x5f9886c6, 0x09bcffdb, 0x53adb952,
    0x45528551, 0xf839ece3, 0x7973d6dc, 0x64a4854e, 0x4cd0054a, 0x9cb2ecdf, 0x1bf159f3, 0xb9bd74c2,
    0x7db3d5ff, 0x2dcc4af4, 0xc221c875, 0xea70faa8, 0xb8e0886b, 0x71cb11ab, 0x1ed15ede, 0x0c369276,
    0xe458cc6a, 0xd6c45395, 0xc3f5a0f8, 0x326d3c40, 0xd0f2148d, 0x073a6fb1, 0xaeea39fc, 0xd8406cd7,
    0xc9c5be6e, 0xbf966f2b, 0xee2eb28a, 0xc2f34fc9, 0xad3294a7, 0x2a0d69c4, 0x57527202, 0x25124bca,
    0xbff6c953, 0xc2170668, 0x51641f42, 0x252ae2fd, 0xac494e3f, 0xb5cca9f7, 0x5de609c4, 0x73225a8d,
    0x93a8dc99, 0x8507f7a7, 0x45fe2161, 0x602c26cb, 0x870b01d7, 0x126b634d, 0x20248711, 0xf56a9af2,
    0x89d39ff7, 0x04a281e9, 0xb0f3fa83, 0xf0cbb5bd, 0x7270aa2b, 0x9d9aea26, 0x9b900eae, 0x1a6bc447,
    0x5622a11a, 0xfcf5c73f, 0xd8e7040a, 0xb2518187, 0x826d53b8, 0x47daf534, 0x274ef8c3, 0x48a73d08,
    0x52ceb25e, 0x90c09b7d, 0xfa369dac, 0x597a5788, 0x95b3ae2c, 0xbb97c359, 0x7bb49d40, 0x25eaf8fe,
    0xf592bae2, 0x133bec33, 0x3c8ccc42, 0x3cd16972, 0xeeefbf32, 0x3cbcd471, 0x025d503e, 0x46706532,
    0x909a3940, 0x5bbfd3eb, 0x1f4bc61d, 0xa0a07946, 0x8902b04b, 0xe483c692, 0xa2f04be9, 0x785430b8,
    0x2b4f2873, 0xeac8d8be, 0xe51404fc, 0x6106889e, 0x21219cc4, 0x822ed339, 0xd5cc027d, 0x520bcb0c,
    0xf66393ae, 0x1d73bc6f, 0x24a85422, 0x152aa5de,
];

/// How many of the inputs are HumanEval's own; `None` where the first ones are others.
pub(super) fn of_human_eval(task_id: &str, inputs: &[Value]) -> Option<usize> {
    let number: usize = task_id.strip_prefix("HumanEval/")?.parse().ok()?;
    let count = usize::from(*COUNTS.get(number)?);
    let own = Value::List(inputs.get(..count)?.to_vec());
    (digest(own.repr().as_bytes()) == DIGESTS[number]).then_some(count)
}

/// How many inputs MBPP's own tests have: one for each assert, except for the problems where EvalPlus takes more or
/// fewer.
pub(super) fn of_mbpp(number: Option<u64>, asserts: usize) -> usize {
    match number {
        Some(3) => 5,
        Some(162 | 780) => 4,
        Some(223) => 3,
        Some(799) => 6,
        _ => asserts,
    }
}

/// FNV-1a of 32 bits.
fn digest(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |digest, byte| (digest ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_known_inputs_are_those_of_the_original_set() {
        // HumanEval/34 has one test.
        let own = || Value::parse_literal("[[5, 3, 5, 2, 3, 3, 9, 0, 123]]").unwrap();
        let plus = || Value::parse_literal("[[]]").unwrap();
        assert_eq!(of_human_eval("HumanEval/34", &[own(), plus()]), Some(1));
        assert_eq!(of_human_eval("HumanEval/34", &[plus(), own()]), None);
        assert_eq!(of_human_eval("HumanEval/34", &[]), None);
        assert_eq!(of_human_eval("HumanEval/0", &[own()]), None);
        for unknown in ["HumanEval/164", "HumanEval/x", "34", ""] {
            assert_eq!(of_human_eval(unknown, &[own()]), None, "{unknown}");
        }
    }

    #[test]
    fn mbpp_has_an_input_an_assert_but_for_five_problems() {
        assert_eq!((of_mbpp(Some(2), 3), of_mbpp(Some(3), 4), of_mbpp(None, 3)), (3, 5, 3));
    }
}
