{{/* The weights of the values, as JSON by slot. */}}
{{- define "coppice.valuesWeights" -}}
{{- $weights := dict -}}
{{- range .Values.slots }}{{ $_ := set $weights .name (.weight | default 0 | int) }}{{ end -}}
{{- toJson $weights -}}
{{- end }}

{{/*
The weights in force, as JSON by slot: the last intent wins. What npm run weights wrote into the route stays until the
weights of the values are others than those that the route was made with, which its annotation keeps. Without a cluster, or
without a route: the values'. A slot without a weight counts as 0, so that adding or removing such a slot changes nothing.
*/}}
{{- define "coppice.weights" -}}
{{- $wanted := include "coppice.valuesWeights" . | fromJson -}}
{{- $route := include "coppice.liveRoute" . | fromJson -}}
{{- $kept := dict -}}
{{- $total := 0 -}}
{{- range $slot := keys $wanted }}
{{- $weight := get $route.weights $slot | default 0 | int }}
{{- $_ := set $kept $slot $weight }}
{{- $total = add $total $weight }}
{{- end -}}
{{- $changed := false -}}
{{- range $slot := concat (keys $wanted) (keys $route.values) }}
{{- if ne (get $wanted $slot | default 0 | int) (get $route.values $slot | default 0 | int) }}{{ $changed = true }}{{ end }}
{{- end -}}
{{- ternary $wanted $kept (or $changed (eq (int $total) 0)) | toJson -}}
{{- end }}

{{/*
The route there is, as JSON: its weights by slot, and those that the values had when it was made. After a change of
routing, the one of the other kind counts.
*/}}
{{- define "coppice.liveRoute" -}}
{{- $found := dict "weights" dict "values" dict -}}
{{- $fullname := include "coppice.fullname" . -}}
{{- $apis := dict "HTTPRoute" "gateway.networking.k8s.io/v1" "VirtualService" "networking.istio.io/v1" -}}
{{- range $kind := ternary (list "VirtualService" "HTTPRoute") (list "HTTPRoute" "VirtualService") (eq .Values.routing "gateway-api") }}
{{- $api := get $apis $kind }}
{{- if $.Capabilities.APIVersions.Has (printf "%s/%s" $api $kind) }}
{{- $object := lookup $api $kind $.Release.Namespace (printf "%s-models" $fullname) }}
{{- if $object }}
{{- $weights := dict }}
{{- range $rule := concat (dig "spec" "rules" list $object) (dig "spec" "http" list $object) }}
{{- if eq (get $rule "name") "weighted" }}
{{- range concat (get $rule "backendRefs" | default list) (get $rule "route" | default list) }}
{{- $service := get . "name" | default (dig "destination" "host" "" .) | splitList "." | first }}
{{- $_ := set $weights (trimPrefix (printf "%s-model-" $fullname) $service) (ternary (get . "weight") 1 (hasKey . "weight") | default 0 | int) }}
{{- end }}
{{- end }}
{{- end }}
{{- $found = dict "weights" $weights "values" (dig "metadata" "annotations" "coppice.io/values-weights" "{}" $object | fromJson) }}
{{- end }}
{{- end }}
{{- end -}}
{{- toJson $found -}}
{{- end }}
