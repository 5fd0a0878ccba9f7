# Known misconceptions of health-01-records-to-cohort: each must lose exactly the checks named and draw its
# hint.

# %% wrong="all_admissions" task="first_admissions" loses="check-first_admissions" hint="visits-as-patients"
# An admission is a patient.
def first_admissions(admissions):
    return admissions.drop_duplicates("hadm_id")


# %% wrong="last_admission" task="first_admissions" loses="check-first_admissions" hint="last-admission"
# The last admission has the most complete data.
def first_admissions(admissions):
    return admissions.sort_values("admittime").drop_duplicates("subject_id", keep="last")


# %% wrong="smallest_id" task="first_admissions" loses="check-first_admissions" hint="number-taken-for-time"
# Numbers are given in the order of time.
def first_admissions(admissions):
    return admissions.sort_values("hadm_id").drop_duplicates("subject_id")


# %% wrong="first_row" task="first_admissions" loses="check-first_admissions" hint="row-order-taken-for-time"
# Tables are sorted by time.
def first_admissions(admissions):
    return admissions.drop_duplicates("subject_id")


# %% wrong="groupby_first" task="first_admissions" loses="check-first_admissions" hint="rows-mixed"
# groupby().first() gives the first row.
def first_admissions(admissions):
    return admissions.sort_values("admittime").groupby("subject_id", as_index=False).first()


# %% wrong="only_once" task="first_admissions" loses="check-first_admissions" hint="patients-with-one-visit"
# Patients with several admissions are duplicates.
def first_admissions(admissions):
    return admissions[~admissions["subject_id"].duplicated(keep=False)]


# %% wrong="aged_300" task="age_at_admission" loses="check-age_at_admission" hint="hidden-age-kept"
# What the table says is the age.
def age_at_admission(first, patients):
    born = pd.to_datetime(first["subject_id"].map(patients.set_index("subject_id")["dob"]))
    at = first["admittime"]
    before = (at.dt.month < born.dt.month) | ((at.dt.month == born.dt.month) & (at.dt.day < born.dt.day))
    return (at.dt.year - born.dt.year - before.astype(int)).tolist()


# %% wrong="aged_zero" task="age_at_admission" loses="check-age_at_admission" hint="hidden-age-zero"
# A value that cannot be is 0.
def age_at_admission(first, patients):
    born = pd.to_datetime(first["subject_id"].map(patients.set_index("subject_id")["dob"]))
    at = first["admittime"]
    before = (at.dt.month < born.dt.month) | ((at.dt.month == born.dt.month) & (at.dt.day < born.dt.day))
    age = at.dt.year - born.dt.year - before.astype(int)
    return age.where(age < 200, 0).tolist()


# %% wrong="calendar_years" task="age_at_admission" loses="check-age_at_admission" hint="difference-of-years"
# Age is the difference of the years.
def age_at_admission(first, patients):
    born = pd.to_datetime(first["subject_id"].map(patients.set_index("subject_id")["dob"]))
    age = (first["admittime"].dt.year - born.dt.year).astype(float)
    return age.where(age < 200).tolist()


# %% wrong="fractions" task="age_at_admission" loses="check-age_at_admission" hint="fractions-of-years"
# Age is a number of days divided by 365.25.
def age_at_admission(first, patients):
    born = pd.to_datetime(first["subject_id"].map(patients.set_index("subject_id")["dob"]))
    at = first["admittime"]
    age = at.dt.year - born.dt.year + (at.dt.dayofyear - born.dt.dayofyear) / 365.25
    return age.where(age < 200).tolist()


# %% wrong="sorted_join" task="age_at_admission" loses="check-age_at_admission" hint="rows-in-another-order"
# A join keeps the order of the rows.
def age_at_admission(first, patients):
    both = patients.sort_values("subject_id").merge(first[["subject_id", "admittime"]], on="subject_id")
    born, at = both["dob"], both["admittime"]
    before = (at.dt.month < born.dt.month) | ((at.dt.month == born.dt.month) & (at.dt.day < born.dt.day))
    age = (at.dt.year - born.dt.year - before.astype(int)).astype(float)
    return age.where(age < 200).tolist()


# %% wrong="old_dropped" task="age_at_admission" loses="check-age_at_admission" hint="rows-lost-or-multiplied"
# Rows without an age can be dropped.
def age_at_admission(first, patients):
    born = pd.to_datetime(first["subject_id"].map(patients.set_index("subject_id")["dob"]))
    at = first["admittime"]
    before = (at.dt.month < born.dt.month) | ((at.dt.month == born.dt.month) & (at.dt.day < born.dt.day))
    age = at.dt.year - born.dt.year - before.astype(int)
    return age[age < 200].tolist()


# %% wrong="independent_rules" task="rows_left" loses="check-rows_left" hint="rules-counted-alone"
# Each rule excludes so many rows of the table.
def rows_left(flags):
    left = [len(flags)]
    for rule in flags:
        left.append(left[-1] - int(flags[rule].sum()))
    return left


# %% wrong="excluded_counts" task="rows_left" loses="check-rows_left" hint="excluded-instead-of-left"
# A flow table lists who was excluded.
def rows_left(flags):
    left = flags
    counts = [len(flags)]
    for rule in flags:
        counts.append(int(left[rule].sum()))
        left = left[~left[rule]]
    return counts


# %% wrong="sees_future" task="last_known" loses="check-last_known" hint="look-ahead"
# The last value is the last value of the stay.
def last_known(stays, labs, item, index, window):
    rows = labs[(labs["item"] == item) & (labs["drawn"] > index - window)].sort_values("drawn")
    return pd.Series(stays).map(rows.groupby("stay")["value"].last()).to_numpy(dtype=float)


# %% wrong="drawn_is_known" task="last_known" loses="check-last_known" hint="not-yet-reported"
# What was drawn is known.
def last_known(stays, labs, item, index, window):
    rows = labs[(labs["item"] == item) & (labs["drawn"] > index - window) & (labs["drawn"] <= index)]
    last = rows.sort_values("drawn").groupby("stay")["value"].last()
    return pd.Series(stays).map(last).to_numpy(dtype=float)


# %% wrong="no_window" task="last_known" loses="check-last_known" hint="window-ignored"
# Older values are better than none.
def last_known(stays, labs, item, index, window):
    rows = labs[(labs["item"] == item) & (labs["drawn"] <= index) & (labs["reported"] <= index)]
    last = rows.sort_values("drawn").groupby("stay")["value"].last()
    return pd.Series(stays).map(last).to_numpy(dtype=float)


# %% wrong="missing_zero" task="last_known" loses="check-last_known" hint="missing-as-zero"
# Not measured is 0.
def last_known(stays, labs, item, index, window):
    known = labs[(labs["item"] == item) & (labs["drawn"] > index - window) & (labs["drawn"] <= index)]
    known = known[known["reported"] <= index].sort_values("drawn")
    return pd.Series(stays).map(known.groupby("stay")["value"].last()).fillna(0).to_numpy(dtype=float)


# %% wrong="last_row" task="last_known" loses="check-last_known" hint="last-row-taken"
# The last row is the last value.
def last_known(stays, labs, item, index, window):
    known = labs[(labs["item"] == item) & (labs["drawn"] > index - window) & (labs["drawn"] <= index)]
    last = known[known["reported"] <= index].groupby("stay")["value"].last()
    return pd.Series(stays).map(last).to_numpy(dtype=float)


# %% wrong="worst_value" task="last_known" loses="check-last_known" hint="worst-for-last"
# The worst value says the most.
def last_known(stays, labs, item, index, window):
    known = labs[(labs["item"] == item) & (labs["drawn"] > index - window) & (labs["drawn"] <= index)]
    worst = known[known["reported"] <= index].groupby("stay")["value"].max()
    return pd.Series(stays).map(worst).to_numpy(dtype=float)


# %% wrong="measured_only" task="last_known" loses="check-last_known" hint="stays-lost"
# Stays without a measurement are left out.
def last_known(stays, labs, item, index, window):
    known = labs[(labs["item"] == item) & (labs["drawn"] > index - window) & (labs["drawn"] <= index)]
    known = known[known["reported"] <= index].sort_values("drawn")
    return pd.Series(stays).map(known.groupby("stay")["value"].last()).dropna().to_numpy(dtype=float)


# %% wrong="ever_died" task="outcome" loses="check-outcome" hint="any-death"
# Whoever dies in hospital is a case.
def outcome(stays, index, horizon):
    return (stays["status"] == "Expired").astype(float).tolist()


# %% wrong="dead_already" task="outcome" loses="check-outcome" hint="death-before-index"
# Death by the end of the window is the outcome.
def outcome(stays, index, horizon):
    by_end = stays["hospital_end"] <= index + horizon
    return ((stays["status"] == "Expired") & by_end).astype(float).tolist()


# %% wrong="all_observed" task="outcome" loses="check-outcome" hint="unobserved-as-zero"
# Who is not known to have died survived.
def outcome(stays, index, horizon):
    end = stays["hospital_end"]
    inside = (end > index) & (end <= index + horizon)
    return ((stays["status"] == "Expired") & inside).astype(float).tolist()


# %% wrong="discharged_survive" task="outcome" loses="check-outcome" hint="discharged-as-survivor"
# Who goes home alive survives.
def outcome(stays, index, horizon):
    end = stays["hospital_end"]
    inside = (end > index) & (end <= index + horizon)
    label = ((stays["status"] == "Expired") & inside).astype(float)
    return label.where(end > index).tolist()


# %% wrong="own_value_only" task="fhir_values" loses="check-fhir_values" hint="components-lost"
# The value of an observation stands in valueQuantity.
def fhir_values(bundle):
    resources = {entry["fullUrl"]: entry["resource"] for entry in bundle["entry"]}
    rows = []
    for resource in resources.values():
        if resource["resourceType"] == "Observation" and "valueQuantity" in resource:
            rows.append(
                {
                    "patient": resources[resource["subject"]["reference"]]["id"],
                    "time": pd.Timestamp(resource["effectiveDateTime"]).tz_convert("UTC"),
                    "code": resource["code"]["coding"][0]["code"],
                    "value": resource["valueQuantity"]["value"],
                    "unit": resource["valueQuantity"]["unit"],
                }
            )
    return pd.DataFrame(rows)


# %% wrong="panel_named" task="fhir_values" loses="check-fhir_values" hint="panel-code"
# A component is named by its observation.
def fhir_values(bundle):
    resources = {entry["fullUrl"]: entry["resource"] for entry in bundle["entry"]}
    rows = []
    for resource in resources.values():
        if resource["resourceType"] != "Observation":
            continue
        for part in [resource, *resource.get("component", [])]:
            if "valueQuantity" in part:
                rows.append(
                    {
                        "patient": resources[resource["subject"]["reference"]]["id"],
                        "time": pd.Timestamp(resource["effectiveDateTime"]).tz_convert("UTC"),
                        "code": resource["code"]["coding"][0]["code"],
                        "value": part["valueQuantity"]["value"],
                        "unit": part["valueQuantity"]["unit"],
                    }
                )
    return pd.DataFrame(rows)


# %% wrong="urn_is_patient" task="fhir_values" loses="check-fhir_values" hint="reference-taken-for-id"
# The reference is the patient's number.
def fhir_values(bundle):
    rows = []
    for entry in bundle["entry"]:
        resource = entry["resource"]
        if resource["resourceType"] != "Observation":
            continue
        for part in [resource, *resource.get("component", [])]:
            if "valueQuantity" in part:
                rows.append(
                    {
                        "patient": resource["subject"]["reference"].removeprefix("urn:uuid:"),
                        "time": pd.Timestamp(resource["effectiveDateTime"]).tz_convert("UTC"),
                        "code": part["code"]["coding"][0]["code"],
                        "value": part["valueQuantity"]["value"],
                        "unit": part["valueQuantity"]["unit"],
                    }
                )
    return pd.DataFrame(rows)


# %% wrong="local_time" task="fhir_values" loses="check-fhir_values" hint="zone-dropped"
# The zone of a time can be cut off.
def fhir_values(bundle):
    resources = {entry["fullUrl"]: entry["resource"] for entry in bundle["entry"]}
    rows = []
    for resource in resources.values():
        if resource["resourceType"] != "Observation":
            continue
        for part in [resource, *resource.get("component", [])]:
            if "valueQuantity" in part:
                rows.append(
                    {
                        "patient": resources[resource["subject"]["reference"]]["id"],
                        "time": resource["effectiveDateTime"][:19],
                        "code": part["code"]["coding"][0]["code"],
                        "value": part["valueQuantity"]["value"],
                        "unit": part["valueQuantity"]["unit"],
                    }
                )
    return pd.DataFrame(rows)


# %% wrong="cleaning" task="reading" loses="check-reading-flow" hint="exclusion-taken-for-cleaning"
# An impossible birth date is a data error.
who_vanished = "a"
why_higher = "c"

# %% wrong="more_data" task="reading" loses="check-reading-time" hint="look-ahead-taken-for-precision"
# More measurements predict better.
who_vanished = "b"
why_higher = "a"


# %% wrong="hidden_is_ninety" task="age_at_admission" loses="check-age_at_admission" hint="hidden-age-guessed"
# Who is older than 89 is 90.
def age_at_admission(first, patients):
    births = patients.set_index("subject_id")["dob"]
    ages = []
    for number, at in zip(first["subject_id"], first["admittime"], strict=True):
        born = births[number]
        ages.append(min(at.year - born.year - ((at.month, at.day) < (born.month, born.day)), 90))
    return ages


# %% wrong="start_included" task="last_known" loses="check-last_known" hint="window-edges"
# A window of 24 hours holds both of its ends.
def last_known(stays, labs, item, index, window):
    known = labs[
        (labs["item"] == item) & labs["drawn"].between(index - window, index) & (labs["reported"] <= index)
    ]
    last = known.sort_values("drawn").groupby("stay")["value"].last()
    return pd.Series(stays).map(last).to_numpy(dtype=float)


# %% wrong="first_patient" task="fhir_values" loses="check-fhir_values" hint="one-patient-for-all"
# A bundle is about one patient.
def fhir_values(bundle):
    resources = [entry["resource"] for entry in bundle["entry"]]
    patient = next(one["id"] for one in resources if one["resourceType"] == "Patient")
    rows = [
        {
            "patient": patient,
            "time": pd.Timestamp(one["effectiveDateTime"]).tz_convert("UTC"),
            "code": part["code"]["coding"][0]["code"],
            "value": part["valueQuantity"]["value"],
            "unit": part["valueQuantity"]["unit"],
        }
        for one in resources
        if one["resourceType"] == "Observation"
        for part in [one, *one.get("component", [])]
        if "valueQuantity" in part
    ]
    return pd.DataFrame(rows)
