package auth0

// themeIn is a theme of the hosted pages, as it is written and kept.
type themeIn struct {
	Borders     themeBorders `json:"borders" rule:"required"`
	Colors      themeColors  `json:"colors" rule:"required"`
	DisplayName string       `json:"displayName" rule:"max=2048" pattern:"^[^<>]*$"`
	Fonts       themeFonts   `json:"fonts" rule:"required"`
	Background  themePage    `json:"page_background" rule:"required"`
	Widget      themeWidget  `json:"widget" rule:"required"`
}

type themeBorders struct {
	ButtonRadius float64 `json:"button_border_radius" rule:"required,min=1,max=10"`
	ButtonWeight float64 `json:"button_border_weight" rule:"required,min=0,max=10"`
	Buttons      string  `json:"buttons_style" rule:"required" enum:"pill,rounded,sharp"`
	InputRadius  float64 `json:"input_border_radius" rule:"required,min=0,max=10"`
	InputWeight  float64 `json:"input_border_weight" rule:"required,min=0,max=3"`
	Inputs       string  `json:"inputs_style" rule:"required" enum:"pill,rounded,sharp"`
	Shadow       bool    `json:"show_widget_shadow" rule:"required"`
	WidgetWeight float64 `json:"widget_border_weight" rule:"required,min=0,max=10"`
	WidgetRadius float64 `json:"widget_corner_radius" rule:"required,min=0,max=50"`
}

type themeColors struct {
	BaseFocus          string `json:"base_focus_color,omitempty" pattern:"^#(([0-9a-fA-F]{3}){1,2}|([0-9a-fA-F]{4}){1,2})$"`
	BaseHover          string `json:"base_hover_color,omitempty" pattern:"^#(([0-9a-fA-F]{3}){1,2}|([0-9a-fA-F]{4}){1,2})$"`
	BodyText           string `json:"body_text" rule:"required" pattern:"^#(([0-9a-fA-F]{3}){1,2}|([0-9a-fA-F]{4}){1,2})$"`
	Captcha            string `json:"captcha_widget_theme,omitempty" enum:"auto,dark,light"`
	Error              string `json:"error" rule:"required" pattern:"^#(([0-9a-fA-F]{3}){1,2}|([0-9a-fA-F]{4}){1,2})$"`
	Header             string `json:"header" rule:"required" pattern:"^#(([0-9a-fA-F]{3}){1,2}|([0-9a-fA-F]{4}){1,2})$"`
	Icons              string `json:"icons" rule:"required" pattern:"^#(([0-9a-fA-F]{3}){1,2}|([0-9a-fA-F]{4}){1,2})$"`
	InputBackground    string `json:"input_background" rule:"required" pattern:"^#(([0-9a-fA-F]{3}){1,2}|([0-9a-fA-F]{4}){1,2})$"`
	InputBorder        string `json:"input_border" rule:"required" pattern:"^#(([0-9a-fA-F]{3}){1,2}|([0-9a-fA-F]{4}){1,2})$"`
	InputText          string `json:"input_filled_text" rule:"required" pattern:"^#(([0-9a-fA-F]{3}){1,2}|([0-9a-fA-F]{4}){1,2})$"`
	InputLabels        string `json:"input_labels_placeholders" rule:"required" pattern:"^#(([0-9a-fA-F]{3}){1,2}|([0-9a-fA-F]{4}){1,2})$"`
	Links              string `json:"links_focused_components" rule:"required" pattern:"^#(([0-9a-fA-F]{3}){1,2}|([0-9a-fA-F]{4}){1,2})$"`
	Primary            string `json:"primary_button" rule:"required" pattern:"^#(([0-9a-fA-F]{3}){1,2}|([0-9a-fA-F]{4}){1,2})$"`
	PrimaryLabel       string `json:"primary_button_label" rule:"required" pattern:"^#(([0-9a-fA-F]{3}){1,2}|([0-9a-fA-F]{4}){1,2})$"`
	ReadOnlyBackground string `json:"read_only_background,omitempty" pattern:"^#(([0-9a-fA-F]{3}){1,2}|([0-9a-fA-F]{4}){1,2})$"`
	SecondaryBorder    string `json:"secondary_button_border" rule:"required" pattern:"^#(([0-9a-fA-F]{3}){1,2}|([0-9a-fA-F]{4}){1,2})$"`
	SecondaryLabel     string `json:"secondary_button_label" rule:"required" pattern:"^#(([0-9a-fA-F]{3}){1,2}|([0-9a-fA-F]{4}){1,2})$"`
	Success            string `json:"success" rule:"required" pattern:"^#(([0-9a-fA-F]{3}){1,2}|([0-9a-fA-F]{4}){1,2})$"`
	WidgetBackground   string `json:"widget_background" rule:"required" pattern:"^#(([0-9a-fA-F]{3}){1,2}|([0-9a-fA-F]{4}){1,2})$"`
	WidgetBorder       string `json:"widget_border" rule:"required" pattern:"^#(([0-9a-fA-F]{3}){1,2}|([0-9a-fA-F]{4}){1,2})$"`
}

type themeFonts struct {
	Body      themeText  `json:"body_text" rule:"required"`
	Buttons   themeText  `json:"buttons_text" rule:"required"`
	URL       string     `json:"font_url" rule:"required" pattern:"^$|^https://[^\\s]+$"`
	Labels    themeText  `json:"input_labels" rule:"required"`
	Links     themeText  `json:"links" rule:"required"`
	LinkStyle string     `json:"links_style" rule:"required" enum:"normal,underlined"`
	Reference float64    `json:"reference_text_size" rule:"required,min=12,max=24"`
	Subtitle  themeText  `json:"subtitle" rule:"required"`
	Title     themeTitle `json:"title" rule:"required"`
}

// themeText is the weight of a text, and its size in percent of the reference.
type themeText struct {
	Bold bool    `json:"bold" rule:"required"`
	Size float64 `json:"size" rule:"required,min=0,max=150"`
}

type themeTitle struct {
	Bold bool    `json:"bold" rule:"required"`
	Size float64 `json:"size" rule:"required,min=75,max=150"`
}

type themePage struct {
	Color    string `json:"background_color" rule:"required" pattern:"^#(([0-9a-fA-F]{3}){1,2}|([0-9a-fA-F]{4}){1,2})$"`
	ImageURL string `json:"background_image_url" rule:"required" pattern:"^$|^https://[^\\s]+$"`
	Layout   string `json:"page_layout" rule:"required" enum:"center,left,right"`
}

type themeWidget struct {
	Alignment string  `json:"header_text_alignment" rule:"required" enum:"center,left,right"`
	Height    float64 `json:"logo_height" rule:"required,min=1,max=100"`
	Position  string  `json:"logo_position" rule:"required" enum:"center,left,none,right"`
	LogoURL   string  `json:"logo_url" rule:"required" pattern:"^$|^https://[^\\s]+$"`
	Social    string  `json:"social_buttons_layout" rule:"required" enum:"bottom,top"`
}
