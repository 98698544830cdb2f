{{/* The Gateway of Gateway API, and the host, of a route from outside. */}}
{{- define "coppice.parents" -}}
{{- $gateway := .Values.exposure.gateway -}}
parentRefs:
  - name: {{ $gateway.name }}
    {{- with $gateway.namespace }}
    namespace: {{ . }}
    {{- end }}
    {{- with $gateway.section }}
    sectionName: {{ . }}
    {{- end }}
hostnames: [{{ .Values.exposure.host | quote }}]
{{- end }}

{{/* Istio's Gateway, by namespace and name. */}}
{{- define "coppice.istioGateway" -}}
{{- $gateway := .Values.exposure.gateway -}}
{{ $gateway.namespace | default .Release.Namespace }}/{{ $gateway.name }}
{{- end }}

{{/*
Where the paths of the host lead, in order, as JSON: what a client sends predictions and feedback to is the gateway's, the rest the
page's, which passes /api on. Where routes lead to the slots, predictions are theirs.
*/}}
{{- define "coppice.paths" -}}
{{- $fullname := include "coppice.fullname" . -}}
{{- $gateway := dict "service" (printf "%s-gateway" $fullname) "port" 5000 -}}
{{- $rest := ternary (dict "service" (printf "%s-page" $fullname) "port" 8501) $gateway .Values.page.enabled -}}
{{- $paths := list -}}
{{- if eq .Values.routing "gateway" }}
{{- range list "/predict" "/feedback" }}{{ $paths = append $paths (merge (dict "path" . "exact" true) $gateway) }}{{ end }}
{{- $paths = append $paths (merge (dict "path" "/v2" "exact" false) $gateway) }}
{{- end -}}
{{- if or (eq .Values.routing "gateway") .Values.page.enabled }}
{{- $paths = append $paths (merge (dict "path" "/" "exact" false) $rest) }}
{{- end -}}
{{- toJson $paths -}}
{{- end }}
