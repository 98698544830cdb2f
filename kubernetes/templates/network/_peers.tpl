{{/* A policy's head: dict root, component. What it does not name is denied. */}}
{{- define "coppice.policy" -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ include "coppice.fullname" .root }}-{{ .component }}
  labels: {{ include "coppice.labels" . | nindent 4 }}
spec:
  podSelector:
    matchLabels: {{ include "coppice.selector" . | nindent 6 }}
{{- end }}

{{/* Pods of this release: dict root, component. */}}
{{- define "coppice.peer" -}}
- podSelector: { matchLabels: {{ include "coppice.selector" . | fromYaml | toJson }} }
{{- end }}

{{- define "coppice.fromPrometheus" -}}
- namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: {{ .Values.networkPolicies.prometheus.namespace }} } }
  podSelector: { matchLabels: { app.kubernetes.io/name: prometheus } }
{{- end }}

{{/* What comes into the cluster: an ingress controller's pods, or a load balancer's addresses. */}}
{{- define "coppice.fromOutside" -}}
{{- range .Values.networkPolicies.outside.namespaces }}
- namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: {{ . }} } }
{{- end }}
{{- range .Values.networkPolicies.outside.cidrs }}
- ipBlock: { cidr: {{ . | quote }} }
{{- end }}
{{- end }}

{{/* Egress to what is no pod of ours (takes namespaces, cidrs, port); nothing without an address, which would allow every one. */}}
{{- define "coppice.to" -}}
{{- if or .namespaces .cidrs }}
- to:
    {{- range .namespaces }}
    - namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: {{ . }} } }
    {{- end }}
    {{- range .cidrs }}
    - ipBlock: { cidr: {{ . | quote }} }
    {{- end }}
  ports: [{ port: {{ .port }} }]
{{- end }}
{{- end }}

{{/* Egress to the bucket of releases, where they are in one. */}}
{{- define "coppice.toStore" -}}
{{- if .Values.releases.url }}
{{- include "coppice.to" .Values.networkPolicies.store }}
{{- end }}
{{- end }}
