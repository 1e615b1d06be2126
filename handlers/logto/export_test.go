package logto

// Confidential are the options, by our names, in which connectors keep what their forms call confidential.
func Confidential() map[string]string {
	out := map[string]string{"authorization": "http-email.authorization"}
	for _, f := range factories {
		for _, item := range f.items {
			if item.Confidential {
				out[f.optionName(item.Key)] = f.id + "." + item.Key
			}
		}
	}
	return out
}
