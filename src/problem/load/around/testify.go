
// What tests use of testify, which does not come with Go.
var assert assertions

type assertions struct{ test *testing.T }

func (assertions) New(test *testing.T) assertions { return assertions{test} }

func (a assertions) that(holds bool, what string, values ...any) bool {
	a.test.Helper()
	if !holds {
		a.test.Errorf(what, values...)
	}
	return holds
}

func (a assertions) Equal(expected, got any, _ ...any) bool {
	a.test.Helper()
	return a.that(reflect.DeepEqual(expected, got), "expected %#v, got %#v", expected, got)
}

func (a assertions) NotEqual(other, got any, _ ...any) bool {
	a.test.Helper()
	return a.that(!reflect.DeepEqual(other, got), "expected another value than %#v", got)
}

func (a assertions) True(got bool, _ ...any) bool {
	a.test.Helper()
	return a.that(got, "expected true, got false")
}

func (a assertions) False(got bool, _ ...any) bool {
	a.test.Helper()
	return a.that(!got, "expected false, got true")
}

func (a assertions) Nil(got any, _ ...any) bool {
	a.test.Helper()
	value := reflect.ValueOf(got)
	isNil := got == nil || value.Kind() >= reflect.Chan && value.Kind() <= reflect.Slice && value.IsNil()
	return a.that(isNil, "expected nil, got %#v", got)
}

func (a assertions) InDelta(expected, got, delta float64, _ ...any) bool {
	a.test.Helper()
	return a.that(expected-got <= delta && got-expected <= delta, "expected %v ± %v, got %v", expected, delta, got)
}
