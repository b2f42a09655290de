"""Arrays: what they show, what is computed with them, and files of them."""

import numpy as np


def arrays(folder):
    numbers = np.arange(12.0).reshape(3, 4)
    str(numbers), repr(numbers), str(numbers.astype(complex)), str(np.array(["a", "b"])), repr(numbers > 3)
    numbers @ numbers.T, np.linalg.svd(numbers), np.linalg.inv(numbers[:, :3] + np.eye(3)), np.linalg.eig(np.eye(3))
    np.linalg.solve(np.eye(3), numbers), np.linalg.det(np.eye(3)), np.linalg.norm(numbers), np.fft.fft(numbers)
    np.sort(numbers), np.argsort(numbers), np.unique(numbers), np.median(numbers), np.percentile(numbers, 30)
    np.histogram(numbers), np.einsum("ij,ij->i", numbers, numbers), np.polyfit([1, 2, 3], [2, 3, 5], 1)
    np.std(numbers), np.mean(numbers, axis=0), np.cumsum(numbers), np.corrcoef(numbers), np.cov(numbers)
    np.datetime64("2020-01-01") + np.timedelta64(3, "D"), np.array(["2020-01-01"], "datetime64[D]")
    np.ma.masked_array(numbers, numbers > 3).mean(), np.nanmean(numbers), np.interp(1.5, [1, 2], [3, 4])
    np.testing.assert_allclose(numbers, numbers), np.testing.assert_array_equal(numbers, numbers)
    try:
        np.testing.assert_array_equal(numbers, numbers + 1)
    except AssertionError as error:
        str(error)
    np.random.seed(1), np.random.rand(3), np.random.randint(5, size=3), np.random.normal(size=3)
    np.random.choice([1, 2, 3], 2), np.random.shuffle([1, 2, 3]), np.random.permutation(5)
    generator = np.random.default_rng(1)
    generator.random(3), generator.integers(5, size=3), generator.normal(size=3), generator.choice([1, 2, 3], 2)
    path = f"{folder}/numbers"
    np.save(path, numbers), np.load(f"{path}.npy"), np.savetxt(path, numbers), np.loadtxt(path), np.genfromtxt(path)
