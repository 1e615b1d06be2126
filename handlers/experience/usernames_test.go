package experience

import (
	"context"
	"reflect"
	"testing"

	"gatehouse/models"
)

func TestUsernameConflicts(t *testing.T) {
	people := map[string]string{"1": "foo", "2": "Foo", "3": "bar", "4": "", "5": "", "6": "FOO", "7": "Zoë", "8": "zoË"}
	o := Ops{Usernames: func(context.Context) (map[string]string, error) { return people, nil }}
	got, err := o.UsernameConflicts(models.System(context.Background()))
	want := []UsernameConflict{{"foo", []string{"1", "2", "6"}}, {"zoë", []string{"7", "8"}}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v %v", got, err)
	}
	if _, err := o.UsernameConflicts(models.WithActor(context.Background(), models.Actor{})); !models.IsFault(err, models.Forbidden) && !models.IsFault(err, models.NotFound) && !models.IsFault(err, models.Unauthenticated) {
		t.Errorf("who may not read the experience: %v", err)
	}
}
