# Known misconceptions of health-06-medical-images: each must lose exactly the checks named and draw its hint.

# %% wrong="stored" task="windowed" loses="check-windowed-grey, check-windowed-scanners" hint="stored-not-hu"
# Stored values are taken for Hounsfield units.
def windowed(stored, header, center, width):
    return np.clip((stored.astype(float) - (center - width / 2)) / width, 0, 1)


# %% wrong="low_end" task="windowed" loses="check-windowed-grey, check-windowed-scanners" hint="centre-as-low"
# The window begins at its centre.
def windowed(stored, header, center, width):
    hounsfield = stored.astype(float) * header["slope"] + header["intercept"]
    return np.clip((hounsfield - center) / width, 0, 1)


# %% wrong="uncut" task="windowed" loses="check-windowed-grey, check-windowed-scanners" hint="not-clipped"
# Values outside the window stay as they come out.
def windowed(stored, header, center, width):
    hounsfield = stored.astype(float) * header["slope"] + header["intercept"]
    return (hounsfield - (center - width / 2)) / width


# %% wrong="intercept_first" task="windowed" loses="check-windowed-scanners" hint="intercept-first"
# The intercept is added before the slope multiplies.
def windowed(stored, header, center, width):
    hounsfield = (stored.astype(float) + header["intercept"]) * header["slope"]
    return np.clip((hounsfield - (center - width / 2)) / width, 0, 1)


# %% wrong="pixels_counted" task="area_cm2" loses="check-area_cm2" hint="pixels-not-mm"
# A pixel is taken for a square millimetre.
def area_cm2(hounsfield, threshold, spacing_mm):
    return float((hounsfield > threshold).sum()) / 100


# %% wrong="square_pixels" task="area_cm2" loses="check-area_cm2" hint="spacing-once"
# Pixels are taken to be square.
def area_cm2(hounsfield, threshold, spacing_mm):
    return float((hounsfield > threshold).sum() * spacing_mm[0] ** 2 / 100)


# %% wrong="rolled" task="augmented" loses="check-augmented-care" hint="wraps-round"
# np.roll brings in on one side what leaves on the other.
def augmented(images, rng, limit=2):
    moves = rng.integers(-limit, limit, (len(images), 2), endpoint=True)
    return np.array([np.roll(image, move, axis=(0, 1)) for image, move in zip(images, moves, strict=True)])


# %% wrong="all_alike" task="augmented" loses="check-augmented-moves" hint="one-shift-for-all"
# One move is drawn for the whole array.
def augmented(images, rng, limit=2):
    rows, columns = images.shape[1:]
    framed = np.pad(images, ((0, 0), (limit, limit), (limit, limit)))
    down, across = rng.integers(0, 2 * limit, 2, endpoint=True)
    return framed[:, down : down + rows, across : across + columns].copy()


# %% wrong="end_left_out" task="augmented" loses="check-augmented-moves" hint="end-excluded"
# The upper end of rng.integers is thought to be included.
def augmented(images, rng, limit=2):
    rows, columns = images.shape[1:]
    framed = np.pad(images, ((0, 0), (limit, limit), (limit, limit)))
    moves = limit + rng.integers(-limit, limit, (len(images), 2))
    return np.array([one[a : a + rows, b : b + columns] for one, (a, b) in zip(framed, moves, strict=True)])


# %% wrong="training_mode" task="predict" loses="check-predict-mode" hint="train-mode"
# The network is asked in training mode.
def predict(network, images):
    network.train()
    with torch.no_grad():
        logits = network(torch.from_numpy(images))
    return torch.sigmoid(logits).reshape(-1).numpy()


# %% wrong="logits_returned" task="predict" loses="check-predict-scores, check-predict-mode" hint="logits"
# The output of the network is taken for a probability.
def predict(network, images):
    network.eval()
    with torch.no_grad():
        return network(torch.from_numpy(images)).reshape(-1).numpy()


# %% wrong="decisions" task="predict" loses="check-predict-scores, check-predict-mode" hint="hard-labels"
# The decision is returned in place of the probability.
def predict(network, images):
    network.eval()
    with torch.no_grad():
        logits = network(torch.from_numpy(images))
    return (logits > 0).reshape(-1).numpy().astype(float)


# %% wrong="moved_test" task="predict" loses="check-predict-scores, check-predict-mode" hint="test-augmented"
# The test images are moved as in training.
def predict(network, images):
    network.eval()
    moved = np.roll(images, np.random.default_rng(2).integers(1, 3, 2), axis=(2, 3))
    with torch.no_grad():
        logits = network(torch.from_numpy(moved))
    return torch.sigmoid(logits).reshape(-1).numpy()


# %% wrong="pixel_by_pixel" task="class_map" loses="check-class_map-steps" hint="gradients-not-pooled"
# Each pixel is weighted by its own gradient.
def class_map(maps, gradients):
    heat = np.maximum((maps * gradients).sum(axis=0), 0)
    return heat / heat.max() if heat.max() > 0 else heat


# %% wrong="big" task="class_map" loses="check-class_map-steps, check-class_map-against" hint="not-normalised"
# The map keeps its size.
def class_map(maps, gradients):
    weights = gradients.mean(axis=(1, 2))
    return np.maximum(np.tensordot(weights, maps, axes=1), 0)


# %% wrong="against_kept" task="class_map" loses="check-class_map-against" hint="no-relu"
# What speaks against the output stays in the map.
def class_map(maps, gradients):
    heat = np.tensordot(gradients.mean(axis=(1, 2)), maps, axes=1)
    return heat / heat.max()


# %% wrong="absolute_value" task="class_map" loses="check-class_map-against" hint="absolute-value"
# The absolute value is taken in place of the positive part.
def class_map(maps, gradients):
    heat = np.abs(np.tensordot(gradients.mean(axis=(1, 2)), maps, axes=1))
    return heat / heat.max() if heat.max() > 0 else heat


# %% wrong="map_as_cause" task="reading" loses="check-reading-conclusion" hint="saliency-as-cause"
# Where the map is bright, there is the disease.
token_corner = max(CORNERS, key=lambda corner: token_in(own_train, corner).mean())
token_auroc_here = roc_auc_score(test_ill, token_in(own_test, token_corner))
token_auroc_next_door = roc_auc_score(test_ill, token_in(other_test, token_corner))
conclusion = "a"

# %% wrong="upside_down" task="reading" loses="check-reading-corner, check-reading-token" hint="wrong-corner"
# Row 0 is taken for the bottom.
flipped = {"top": "bottom", "bottom": "top"}
down, side = max(CORNERS, key=lambda corner: token_in(own_train, corner).mean()).split()
token_corner = f"{flipped[down]} {side}"
token_auroc_here = roc_auc_score(test_ill, token_in(own_test, token_corner))
token_auroc_next_door = roc_auc_score(test_ill, token_in(other_test, token_corner))
conclusion = "c"
