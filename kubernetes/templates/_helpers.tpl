{{/* Names, labels and images. Those below that take more than the chart take a dict: root, component, and slot or more. */}}

{{- define "coppice.fullname" -}}
{{- $name := ternary .Release.Name (printf "%s-coppice" .Release.Name) (contains "coppice" .Release.Name) -}}
{{- $name | trunc 40 | trimSuffix "-" -}}
{{- end }}

{{/* What selects the pods of a component: dict root, component, and slot for one of the models. */}}
{{- define "coppice.selector" -}}
app.kubernetes.io/name: coppice
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- with .component }}
app.kubernetes.io/component: {{ . }}
{{- end }}
{{- with .slot }}
coppice.io/slot: {{ . }}
{{- end }}
{{- end }}

{{/* The labels of a pod: nothing in them changes with the chart's version alone, so that such a change rolls no pods. */}}
{{- define "coppice.podLabels" -}}
{{ include "coppice.selector" . }}
{{- end }}

{{- define "coppice.labels" -}}
{{ include "coppice.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end }}

{{/* An image by its digest, or else by its tag: dict root, image. */}}
{{- define "coppice.image" -}}
{{- $image := .root.Values.image -}}
{{- with $image.registry }}{{ trimSuffix "/" . }}/{{ end -}}
coppice-{{ .image }}
{{- with index $image.digests .image }}@{{ . }}{{ else }}:{{ $image.tag | default .root.Chart.AppVersion }}{{ end }}
{{- end }}

{{/* The source of a slot: dict root, slot. */}}
{{- define "coppice.source" -}}
{{- $alias := ternary "champion" "challenger" (eq .slot.name "v1") -}}
{{- .slot.source | default (printf "registry:%s@%s" .root.Values.modelName $alias) -}}
{{- end }}

{{/* All slots as settings of the gateway. It has a v1 and a v2 of its own unless they are none. */}}
{{- define "coppice.slotSettings" -}}
{{- $names := list -}}
{{- range .Values.slots }}
{{- $names = append $names .name }}
{{- $variable := printf "MODEL_%s" (upper .name) }}
{{ $variable }}_URL: http://{{ include "coppice.fullname" $ }}-model-{{ .name }}:8080
{{ $variable }}_WEIGHT: {{ .weight | default 0 | int | quote }}
{{- with .modelName }}
{{ $variable }}_NAME: {{ . | quote }}
{{- end }}
{{- end }}
{{- range list "v1" "v2" }}
{{- if not (has . $names) }}
MODEL_{{ upper . }}_URL: none
{{- end }}
{{- end }}
{{- end }}

{{/* The names of a service, beside those without a dot and addresses, to which its program answers: dict root, service, more. */}}
{{- define "coppice.allowedHosts" -}}
{{- $root := .root -}}
{{- $names := list -}}
{{- $services := list .service -}}
{{- if and (ne $root.Values.routing "gateway") (contains "-model-" .service) }}{{ $services = append $services (printf "%s-models" (include "coppice.fullname" $root)) }}{{ end -}}
{{- range $services }}
{{- $name := printf "%s.%s" . $root.Release.Namespace }}
{{- $names = concat $names (list $name (printf "%s.svc" $name) (printf "%s.svc.%s" $name ($root.Values.clusterDomain | default "cluster.local"))) }}
{{- end -}}
{{- with .root.Values.exposure.host }}{{ $names = append $names . }}{{ end -}}
{{- with .more }}{{ $names = append $names . }}{{ end -}}
{{- join "," $names -}}
{{- end }}
