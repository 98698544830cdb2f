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

{{/* Egress to the bucket of releases, where they are in one. */}}
{{- define "coppice.toStore" -}}
{{- if or .Values.releases.url .Values.mlflow.artifacts }}
- to:
    {{- range .Values.networkPolicies.store.cidrs }}
    - ipBlock: { cidr: {{ . | quote }} }
    {{- end }}
  ports: [{ port: {{ .Values.networkPolicies.store.port }} }]
{{- end }}
{{- end }}

{{- define "coppice.toDatabase" -}}
- to:
    {{- range .Values.networkPolicies.database.cidrs }}
    - ipBlock: { cidr: {{ . | quote }} }
    {{- end }}
  ports: [{ port: {{ .Values.networkPolicies.database.port }} }]
{{- end }}
